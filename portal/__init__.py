"""The portal: a web application that reads releases, for those who run no command.

Belongs here: pages over what is published, and who may see them (access/). Does not belong here: any figure's
arithmetic, or writing to landing, warehouse or releases.
"""
