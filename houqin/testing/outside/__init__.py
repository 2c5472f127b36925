"""Other systems as they would answer, on this machine: they check signatures and tokens and can be made to fail."""
