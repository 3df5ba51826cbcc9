"""The choice of the supplier: procedure, grounds for a direct award, and legal limits."""
