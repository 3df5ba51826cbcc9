"""How the supplier was chosen: the procedure, the grounds for a direct award, and the limits of law."""
