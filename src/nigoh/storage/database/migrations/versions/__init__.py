"""One step a module, in the order of their numbers. A step that was released never changes."""
