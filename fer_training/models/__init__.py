"""The network, its second loss, and the weights that it can be given."""
