"""The drill: validators and workers are killed during a load, and strangers count what is left."""
