// no licence
