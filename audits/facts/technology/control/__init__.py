"""Who controls a system: security bodies that it is linked to, armed forces, or the supplier that operates it."""
