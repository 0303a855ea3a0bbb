-- The forces that a force's figures are held against, and how like it they are.
select
    peers.*,
    forces.force_name as peer_force_name
from {{ ref('dim_peer') }} as peers
inner join {{ ref('dim_force') }} as forces
    on peers.peer_force_id = forces.force_id
