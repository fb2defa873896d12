"""A class of 45 called over HTTP: the product beside a floor, an ordinary Django view, and the bare rows."""
