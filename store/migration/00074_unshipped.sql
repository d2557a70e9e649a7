-- Contracts that were approved here and of which nothing has gone out yet (待发货), marked with each approval and shipment, so that a list
-- of them does not go by how many contracts there are.
ALTER TABLE contracts ADD COLUMN unshipped TINYINT NOT NULL DEFAULT 0;

UPDATE contracts SET unshipped = 1 WHERE state = 'approved' AND request_id <> 0 AND NOT EXISTS (
	SELECT 1 FROM shipments s WHERE s.contract_id = contracts.id AND s.kind = 'shipment' AND s.state <> 'undone');

CREATE INDEX contracts_unshipped ON contracts (unshipped, id, owner_id);
