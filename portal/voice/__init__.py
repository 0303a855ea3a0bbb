"""What forces say of their figures in the portal, and what they are answered: queries and context notes.

Here: the store (said.py), the preview of the next official release with its queries (preview.py), context
notes (notes.py). Not here: figures (pipelines/release), returns (send.py), or who may open which page
(access/rules.py).
"""
