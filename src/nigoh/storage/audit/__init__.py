"""The audit: entries chained by hash, written in the transaction of what they record, never changed afterwards."""

from nigoh.storage.audit.log import Audit

__all__ = ["Audit"]
