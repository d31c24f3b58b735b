"""The nouns of the database, as messages call them."""

from nigoh.storage.database import alert_tables, tables
from nigoh.storage.database.rows import Noun

DATA_KEY = Noun(tables.DATA_KEYS, "data key")
MEDIA = Noun(tables.MEDIA, "picture")
PERSON = Noun(tables.PEOPLE, "person", {"group_name": "group"})
WATCH_LIST = Noun(tables.WATCH_LISTS, "watch list")
PHOTO = Noun(tables.PHOTOS, "photo")
TEMPLATE = Noun(tables.TEMPLATES, "template")
NEGATIVE = Noun(tables.NEGATIVES, "negative")
CAMERA = Noun(tables.CAMERAS, "camera")
CAMERA_GROUP = Noun(tables.CAMERA_GROUPS, "camera group")
SETTING = Noun(tables.SETTINGS, "setting")
RULE = Noun(alert_tables.RULES, "rule")
ALERT = Noun(alert_tables.ALERTS, "alert", {"rule_id": "rule", "person_id": "person", "other_id": "other"})
