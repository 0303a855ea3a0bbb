"""What is wrong now, said to someone once when it begins and once when it is over."""
