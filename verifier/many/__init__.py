"""Many documents in one run: several processes, progress, reports as files, a summary."""
