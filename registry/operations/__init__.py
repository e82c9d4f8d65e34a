"""What the operator of a registry does, as functions: the commands, the demonstration and the tests call the same ones."""
