"""The parts of the view of the audit."""
