"""Every write of the disclosure domain, by noun."""
