"""Chat models: providers' and a local one, their prices, and who judges whether a source bears it out."""
