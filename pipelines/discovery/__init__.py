"""What others say about accounts, compared with the register, as proposals for people."""
