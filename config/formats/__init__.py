"""How languages write days where Django's way is not ours (``FORMAT_MODULE_PATH``)."""
