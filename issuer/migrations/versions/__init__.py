"""One module a revision; a revision that was ever released is never edited."""
