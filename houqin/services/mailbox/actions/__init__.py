"""Every write of the mailbox: letters as their cases move, receipts, matters, publications, ratings on the spot, learning."""
