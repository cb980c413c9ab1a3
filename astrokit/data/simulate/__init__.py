"""Known-truth generators: simulated observations, and the truth beside them."""
