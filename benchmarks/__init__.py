"""Speed claims, measured: ratios side by side in one process on one core, medians, targets beside results."""
