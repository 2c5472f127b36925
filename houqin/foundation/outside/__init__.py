"""Other systems: where they are and who we are there (`address`), and asking them over HTTP (`ask`)."""
