"""如实: how completely and in time things are reported, and which records somebody should look at again."""
