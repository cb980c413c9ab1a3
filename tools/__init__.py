"""What tasks.py is made of; standard library only, nothing here is part of the package."""
