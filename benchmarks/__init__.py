"""Speed claims, measured: ratios side by side in one process, medians, targets beside results."""
