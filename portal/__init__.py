"""The portal: a web application that reads releases, for national leads and forces.

Belongs here: pages, charts, who may see which. Does not belong here: figures (pipelines/release), or the door
that returns go through (pipelines/returns).
"""
