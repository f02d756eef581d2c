"""From a free story to the fields of the form: by rules (`find_fields.py`), and by a chat model that reads it (`asking.py`)."""
