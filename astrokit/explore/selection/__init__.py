"""A selection of rows as a program: steps that can be undone, named, kept as JSON, and turned into code.

selection = Selection(index.n_samples, index=index, table=table)
selection.lasso(polygon).range("period", 0.2, 0.9, how="and")
selection.describe()     # '12,431 of 4,000,000 rows: lasso of 57 vertices, and period in [0.2, 0.9]'
selection.to_table(table, "selected.fits")
"""

from .selection import Selection

__all__ = ["Selection"]
