"""What callers ask before they choose a processor: there is no GPU here."""

HAS_CUDA = False
HAS_RMM = False
