"""The demonstration: a whole registry on this machine, and every way a document can turn out."""
