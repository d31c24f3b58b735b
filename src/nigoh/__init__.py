"""nigoh says when a person you look for, know, or do not know appears on your cameras."""
