"""The attacks of drills on the whole: each of them went through once."""
