"""Web pages and sitemaps: fetched with care for their hosts and for the network this runs in."""
