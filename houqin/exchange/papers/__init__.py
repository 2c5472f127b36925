"""Papers (单据): what is printed, filed or handed over, as PDF: receipts, orders, permits, lists.

An app announces its own in ``papers.py``: what stands in it, built for one actor within their scope. How it looks is the
same for all (``paper.typ``).
"""
