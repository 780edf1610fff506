PRAGMA defer_foreign_keys = ON
-- end
CREATE TABLE system_configurations_before AS SELECT * FROM system_configurations
-- end
DROP TABLE system_configurations
-- end
CREATE TABLE system_configurations (
	id CHAR(36) NOT NULL, 
	"key" VARCHAR(100) NOT NULL, 
	value TEXT NOT NULL, 
	category VARCHAR(40) DEFAULT 'GENERAL' NOT NULL, 
	value_type VARCHAR(40) DEFAULT 'STRING' NOT NULL, 
	sub_category VARCHAR(100), 
	description TEXT, 
	default_value TEXT, 
	valid_values JSON, 
	min_value TEXT, 
	max_value TEXT, 
	is_public BOOLEAN DEFAULT 0 NOT NULL, 
	is_editable BOOLEAN DEFAULT 1 NOT NULL, 
	requires_restart BOOLEAN DEFAULT 0 NOT NULL, 
	scope VARCHAR(40) DEFAULT 'SYSTEM' NOT NULL, 
	tags JSON, 
	sort_order INTEGER DEFAULT '0' NOT NULL, 
	created_at CHAR(27) NOT NULL, 
	created_by CHAR(36), 
	updated_at CHAR(27) NOT NULL, 
	updated_by CHAR(36), 
	row_version BIGINT DEFAULT '0' NOT NULL, 
	field_versions JSON, 
	scope_id CHAR(36), 
	deleted_at CHAR(27), 
	deleted_by CHAR(36), 
	delete_reason VARCHAR(200), 
	applies_to_id CHAR(36), 
	CONSTRAINT pk_system_configurations PRIMARY KEY (id), 
	CONSTRAINT ck_system_configurations_category_choice CHECK (category IN ('GENERAL', 'SECURITY', 'NOTIFICATION', 'INTEGRATION', 'BACKUP', 'PERFORMANCE', 'HEALTHCARE', 'MEDICATION', 'APPOINTMENTS', 'UI', 'QUERY', 'FILE_UPLOAD', 'RATE_LIMITING', 'SESSION', 'EMAIL')), 
	CONSTRAINT ck_system_configurations_value_type_choice CHECK (value_type IN ('STRING', 'NUMBER', 'BOOLEAN', 'JSON', 'ARRAY', 'DATE', 'TIME', 'DATETIME', 'EMAIL', 'URL', 'COLOR', 'ENUM')), 
	CONSTRAINT ck_system_configurations_scope_choice CHECK (scope IN ('SYSTEM', 'DISTRICT', 'SCHOOL', 'USER')), 
	CONSTRAINT fk_system_configurations_created_by FOREIGN KEY(created_by) REFERENCES users (id) DEFERRABLE INITIALLY IMMEDIATE, 
	CONSTRAINT fk_system_configurations_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) DEFERRABLE INITIALLY IMMEDIATE, 
	CONSTRAINT fk_system_configurations_deleted_by FOREIGN KEY(deleted_by) REFERENCES users (id) DEFERRABLE INITIALLY IMMEDIATE, 
	CONSTRAINT ck_system_configurations_min_value_not_above_max_value CHECK (CAST(min_value AS NUMERIC) <= CAST(max_value AS NUMERIC)), 
	CONSTRAINT ck_system_configurations_no_applies_to_id_when_for_everybody CHECK (NOT ((scope IS NOT NULL AND scope IN ('SYSTEM', 'DISTRICT'))) OR applies_to_id IS NULL), 
	CONSTRAINT ck_system_configurations_applies_to_id_when_for_some CHECK (NOT ((scope IS NOT NULL AND scope IN ('SCHOOL', 'USER'))) OR applies_to_id IS NOT NULL)
)
-- end
INSERT INTO system_configurations (id, key, value, category, value_type, sub_category, description, default_value, valid_values, min_value, max_value, is_public, is_editable, requires_restart, scope, tags, sort_order, created_at, created_by, updated_at, updated_by, row_version, field_versions, scope_id, deleted_at, deleted_by, delete_reason, applies_to_id) SELECT id, key, value, category, value_type, sub_category, description, default_value, valid_values, min_value, max_value, is_public, is_editable, requires_restart, scope, tags, sort_order, created_at, created_by, updated_at, updated_by, row_version, field_versions, coalesce((SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1), scope_id), deleted_at, deleted_by, delete_reason, CASE WHEN scope IN ('SCHOOL', 'USER') THEN scope_id END FROM system_configurations_before
-- end
DROP TABLE system_configurations_before
-- end
CREATE INDEX ix_system_configurations_category ON system_configurations (category)
-- end
CREATE INDEX ix_system_configurations_scope ON system_configurations (scope)
-- end
CREATE UNIQUE INDEX uq_system_configurations_key_scope ON system_configurations ("key", scope) WHERE deleted_at IS NULL AND applies_to_id IS NULL
-- end
CREATE UNIQUE INDEX uq_system_configurations_key_scope_applies_to_id ON system_configurations ("key", scope, applies_to_id) WHERE deleted_at IS NULL AND applies_to_id IS NOT NULL
-- end
CREATE TRIGGER capture_insert_system_configurations AFTER INSERT ON system_configurations
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:system_configurations') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'SYSTEM_CONFIG', 'system_configurations', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'system_configurations' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('key',NEW."key"),('value',NEW.value),('category',NEW.category),('value_type',NEW.value_type),('sub_category',NEW.sub_category),('description',NEW.description),('default_value',NEW.default_value),('valid_values',NEW.valid_values),('min_value',NEW.min_value),('max_value',NEW.max_value),('is_public',NEW.is_public),('is_editable',NEW.is_editable),('requires_restart',NEW.requires_restart),('scope',NEW.scope),('tags',NEW.tags),('sort_order',NEW.sort_order),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason),('applies_to_id',NEW.applies_to_id)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE system_configurations SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_system_configurations AFTER UPDATE OF "key",value,category,value_type,sub_category,description,default_value,valid_values,min_value,max_value,is_public,is_editable,requires_restart,scope,tags,sort_order,deleted_at,deleted_by,delete_reason,applies_to_id ON system_configurations
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:system_configurations') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'SYSTEM_CONFIG', 'system_configurations', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'system_configurations' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('key',OLD."key",NEW."key"),('value',OLD.value,NEW.value),('category',OLD.category,NEW.category),('value_type',OLD.value_type,NEW.value_type),('sub_category',OLD.sub_category,NEW.sub_category),('description',OLD.description,NEW.description),('default_value',OLD.default_value,NEW.default_value),('valid_values',OLD.valid_values,NEW.valid_values),('min_value',OLD.min_value,NEW.min_value),('max_value',OLD.max_value,NEW.max_value),('is_public',OLD.is_public,NEW.is_public),('is_editable',OLD.is_editable,NEW.is_editable),('requires_restart',OLD.requires_restart,NEW.requires_restart),('scope',OLD.scope,NEW.scope),('tags',OLD.tags,NEW.tags),('sort_order',OLD.sort_order,NEW.sort_order),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason),('applies_to_id',OLD.applies_to_id,NEW.applies_to_id)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE system_configurations SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_system_configurations BEFORE DELETE ON system_configurations
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:system_configurations');
END
-- end
CREATE TRIGGER key_change_system_configurations BEFORE UPDATE OF id ON system_configurations
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:system_configurations');
END
