"""Every read of the mailbox, within the actor's scope."""
