CREATE TRIGGER capture_insert_districts AFTER INSERT ON districts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:districts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'DISTRICT', 'districts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'districts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('name',NEW.name),('code',NEW.code),('address',NEW.address),('city',NEW.city),('state',NEW.state),('zip_code',NEW.zip_code),('phone',NEW.phone),('email',NEW.email),('is_active',NEW.is_active),('time_zone',NEW.time_zone),('language',NEW.language),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE districts SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_districts AFTER UPDATE OF name,code,address,city,state,zip_code,phone,email,is_active,time_zone,language,deleted_at,deleted_by,delete_reason ON districts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:districts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'DISTRICT', 'districts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'districts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('name',OLD.name,NEW.name),('code',OLD.code,NEW.code),('address',OLD.address,NEW.address),('city',OLD.city,NEW.city),('state',OLD.state,NEW.state),('zip_code',OLD.zip_code,NEW.zip_code),('phone',OLD.phone,NEW.phone),('email',OLD.email,NEW.email),('is_active',OLD.is_active,NEW.is_active),('time_zone',OLD.time_zone,NEW.time_zone),('language',OLD.language,NEW.language),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE districts SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_districts BEFORE DELETE ON districts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:districts');
END
-- end
CREATE TRIGGER key_change_districts BEFORE UPDATE OF id ON districts
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:districts');
END
-- end
CREATE TRIGGER capture_insert_schools AFTER INSERT ON schools
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:schools') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'SCHOOL', 'schools', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'schools' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('name',NEW.name),('code',NEW.code),('district_id',NEW.district_id),('address',NEW.address),('city',NEW.city),('state',NEW.state),('zip_code',NEW.zip_code),('phone',NEW.phone),('email',NEW.email),('principal',NEW.principal),('total_enrollment',NEW.total_enrollment),('is_active',NEW.is_active),('time_zone',NEW.time_zone),('records_regime',NEW.records_regime),('sourced_id',NEW.sourced_id),('lowest_grade',NEW.lowest_grade),('highest_grade',NEW.highest_grade),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE schools SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_schools AFTER UPDATE OF name,code,district_id,address,city,state,zip_code,phone,email,principal,total_enrollment,is_active,time_zone,records_regime,sourced_id,lowest_grade,highest_grade,deleted_at,deleted_by,delete_reason ON schools
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:schools') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'SCHOOL', 'schools', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'schools' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('name',OLD.name,NEW.name),('code',OLD.code,NEW.code),('district_id',OLD.district_id,NEW.district_id),('address',OLD.address,NEW.address),('city',OLD.city,NEW.city),('state',OLD.state,NEW.state),('zip_code',OLD.zip_code,NEW.zip_code),('phone',OLD.phone,NEW.phone),('email',OLD.email,NEW.email),('principal',OLD.principal,NEW.principal),('total_enrollment',OLD.total_enrollment,NEW.total_enrollment),('is_active',OLD.is_active,NEW.is_active),('time_zone',OLD.time_zone,NEW.time_zone),('records_regime',OLD.records_regime,NEW.records_regime),('sourced_id',OLD.sourced_id,NEW.sourced_id),('lowest_grade',OLD.lowest_grade,NEW.lowest_grade),('highest_grade',OLD.highest_grade,NEW.highest_grade),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE schools SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_schools BEFORE DELETE ON schools
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:schools');
END
-- end
CREATE TRIGGER key_change_schools BEFORE UPDATE OF id ON schools
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:schools');
END
-- end
CREATE TRIGGER capture_insert_users AFTER INSERT ON users
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:users') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'USER', 'users', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'users' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('email',NEW.email),('first_name',NEW.first_name),('last_name',NEW.last_name),('role',NEW.role),('is_active',NEW.is_active),('school_id',NEW.school_id),('district_id',NEW.district_id),('phone',NEW.phone),('email_verified',NEW.email_verified),('credentials',NEW.credentials),('job_title',NEW.job_title),('language',NEW.language),('sourced_id',NEW.sourced_id),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE users SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_users AFTER UPDATE OF email,first_name,last_name,role,is_active,school_id,district_id,phone,email_verified,credentials,job_title,language,sourced_id,deleted_at,deleted_by,delete_reason ON users
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:users') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'USER', 'users', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'users' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('email',OLD.email,NEW.email),('first_name',OLD.first_name,NEW.first_name),('last_name',OLD.last_name,NEW.last_name),('role',OLD.role,NEW.role),('is_active',OLD.is_active,NEW.is_active),('school_id',OLD.school_id,NEW.school_id),('district_id',OLD.district_id,NEW.district_id),('phone',OLD.phone,NEW.phone),('email_verified',OLD.email_verified,NEW.email_verified),('credentials',OLD.credentials,NEW.credentials),('job_title',OLD.job_title,NEW.job_title),('language',OLD.language,NEW.language),('sourced_id',OLD.sourced_id,NEW.sourced_id),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE users SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_users BEFORE DELETE ON users
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:users');
END
-- end
CREATE TRIGGER key_change_users BEFORE UPDATE OF id ON users
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:users');
END
-- end
CREATE TRIGGER capture_insert_role_grants AFTER INSERT ON role_grants
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:role_grants') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'ROLE_GRANT', 'role_grants', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'role_grants' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('user_id',NEW.user_id),('role',NEW.role),('school_id',NEW.school_id),('valid_from',NEW.valid_from),('valid_until',NEW.valid_until),('granted_by',NEW.granted_by),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE role_grants SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_role_grants AFTER UPDATE OF user_id,role,school_id,valid_from,valid_until,granted_by,deleted_at,deleted_by,delete_reason ON role_grants
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:role_grants') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'ROLE_GRANT', 'role_grants', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'role_grants' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('user_id',OLD.user_id,NEW.user_id),('role',OLD.role,NEW.role),('school_id',OLD.school_id,NEW.school_id),('valid_from',OLD.valid_from,NEW.valid_from),('valid_until',OLD.valid_until,NEW.valid_until),('granted_by',OLD.granted_by,NEW.granted_by),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE role_grants SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_role_grants BEFORE DELETE ON role_grants
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:role_grants');
END
-- end
CREATE TRIGGER key_change_role_grants BEFORE UPDATE OF id ON role_grants
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:role_grants');
END
-- end
CREATE TRIGGER capture_insert_user_keys AFTER INSERT ON user_keys
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:user_keys') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'USER_KEY', 'user_keys', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'user_keys' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('user_id',NEW.user_id),('device_id',NEW.device_id),('purpose',NEW.purpose),('suite',NEW.suite),('public_key',hex(NEW.public_key)),('key_epoch',NEW.key_epoch),('certificate',CASE WHEN NEW.certificate IS NOT NULL THEN hex(NEW.certificate) END),('valid_from',NEW.valid_from),('valid_until',NEW.valid_until),('revoked_at',NEW.revoked_at),('revoked_reason',NEW.revoked_reason),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE user_keys SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_user_keys AFTER UPDATE OF user_id,device_id,purpose,suite,public_key,key_epoch,certificate,valid_from,valid_until,revoked_at,revoked_reason,deleted_at,deleted_by,delete_reason ON user_keys
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:user_keys') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'USER_KEY', 'user_keys', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'user_keys' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('user_id',OLD.user_id,NEW.user_id),('device_id',OLD.device_id,NEW.device_id),('purpose',OLD.purpose,NEW.purpose),('suite',OLD.suite,NEW.suite),('public_key',hex(OLD.public_key),hex(NEW.public_key)),('key_epoch',OLD.key_epoch,NEW.key_epoch),('certificate',CASE WHEN OLD.certificate IS NOT NULL THEN hex(OLD.certificate) END,CASE WHEN NEW.certificate IS NOT NULL THEN hex(NEW.certificate) END),('valid_from',OLD.valid_from,NEW.valid_from),('valid_until',OLD.valid_until,NEW.valid_until),('revoked_at',OLD.revoked_at,NEW.revoked_at),('revoked_reason',OLD.revoked_reason,NEW.revoked_reason),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE user_keys SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_user_keys BEFORE DELETE ON user_keys
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:user_keys');
END
-- end
CREATE TRIGGER key_change_user_keys BEFORE UPDATE OF id ON user_keys
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:user_keys');
END
-- end
CREATE TRIGGER refuse_delete_backup_logs BEFORE DELETE ON backup_logs
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:backup_logs');
END
-- end
CREATE TRIGGER key_change_backup_logs BEFORE UPDATE OF id ON backup_logs
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:backup_logs');
END
-- end
CREATE TRIGGER capture_insert_licenses AFTER INSERT ON licenses
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:licenses') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'LICENSE', 'licenses', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'licenses' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('license_key',NEW.license_key),('type',NEW.type),('status',NEW.status),('max_users',NEW.max_users),('max_schools',NEW.max_schools),('features',NEW.features),('issued_to',NEW.issued_to),('district_id',NEW.district_id),('notes',NEW.notes),('issued_at',NEW.issued_at),('activated_at',NEW.activated_at),('expires_at',NEW.expires_at),('deactivated_at',NEW.deactivated_at),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE licenses SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_licenses AFTER UPDATE OF license_key,type,status,max_users,max_schools,features,issued_to,district_id,notes,issued_at,activated_at,expires_at,deactivated_at,deleted_at,deleted_by,delete_reason ON licenses
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:licenses') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'LICENSE', 'licenses', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'licenses' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('license_key',OLD.license_key,NEW.license_key),('type',OLD.type,NEW.type),('status',OLD.status,NEW.status),('max_users',OLD.max_users,NEW.max_users),('max_schools',OLD.max_schools,NEW.max_schools),('features',OLD.features,NEW.features),('issued_to',OLD.issued_to,NEW.issued_to),('district_id',OLD.district_id,NEW.district_id),('notes',OLD.notes,NEW.notes),('issued_at',OLD.issued_at,NEW.issued_at),('activated_at',OLD.activated_at,NEW.activated_at),('expires_at',OLD.expires_at,NEW.expires_at),('deactivated_at',OLD.deactivated_at,NEW.deactivated_at),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE licenses SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_licenses BEFORE DELETE ON licenses
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:licenses');
END
-- end
CREATE TRIGGER key_change_licenses BEFORE UPDATE OF id ON licenses
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:licenses');
END
-- end
CREATE TRIGGER refuse_delete_performance_metrics BEFORE DELETE ON performance_metrics
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:performance_metrics');
END
-- end
CREATE TRIGGER key_change_performance_metrics BEFORE UPDATE OF id ON performance_metrics
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:performance_metrics');
END
-- end
CREATE TRIGGER capture_insert_training_modules AFTER INSERT ON training_modules
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:training_modules') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'TRAINING_MODULE', 'training_modules', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'training_modules' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('title',NEW.title),('description',NEW.description),('content',NEW.content),('duration',NEW.duration),('category',NEW.category),('is_required',NEW.is_required),('order',NEW."order"),('attachments',NEW.attachments),('valid_for_days',NEW.valid_for_days),('version',NEW.version),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE training_modules SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_training_modules AFTER UPDATE OF title,description,content,duration,category,is_required,"order",attachments,valid_for_days,version,deleted_at,deleted_by,delete_reason ON training_modules
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:training_modules') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'TRAINING_MODULE', 'training_modules', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'training_modules' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('title',OLD.title,NEW.title),('description',OLD.description,NEW.description),('content',OLD.content,NEW.content),('duration',OLD.duration,NEW.duration),('category',OLD.category,NEW.category),('is_required',OLD.is_required,NEW.is_required),('order',OLD."order",NEW."order"),('attachments',OLD.attachments,NEW.attachments),('valid_for_days',OLD.valid_for_days,NEW.valid_for_days),('version',OLD.version,NEW.version),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE training_modules SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_training_modules BEFORE DELETE ON training_modules
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:training_modules');
END
-- end
CREATE TRIGGER key_change_training_modules BEFORE UPDATE OF id ON training_modules
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:training_modules');
END
-- end
CREATE TRIGGER capture_insert_alert_rules AFTER INSERT ON alert_rules
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:alert_rules') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'ALERT_RULE', 'alert_rules', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'alert_rules' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('name',NEW.name),('description',NEW.description),('category',NEW.category),('severity',NEW.severity),('is_active',NEW.is_active),('priority',NEW.priority),('trigger_conditions',NEW.trigger_conditions),('notification_channels',NEW.notification_channels),('target_roles',NEW.target_roles),('target_users',NEW.target_users),('school_id',NEW.school_id),('district_id',NEW.district_id),('auto_escalate_after',NEW.auto_escalate_after),('cooldown_period',NEW.cooldown_period),('requires_acknowledgment',NEW.requires_acknowledgment),('expires_after',NEW.expires_after),('metadata',NEW.metadata),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE alert_rules SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_alert_rules AFTER UPDATE OF name,description,category,severity,is_active,priority,trigger_conditions,notification_channels,target_roles,target_users,school_id,district_id,auto_escalate_after,cooldown_period,requires_acknowledgment,expires_after,metadata,deleted_at,deleted_by,delete_reason ON alert_rules
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:alert_rules') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'ALERT_RULE', 'alert_rules', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'alert_rules' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('name',OLD.name,NEW.name),('description',OLD.description,NEW.description),('category',OLD.category,NEW.category),('severity',OLD.severity,NEW.severity),('is_active',OLD.is_active,NEW.is_active),('priority',OLD.priority,NEW.priority),('trigger_conditions',OLD.trigger_conditions,NEW.trigger_conditions),('notification_channels',OLD.notification_channels,NEW.notification_channels),('target_roles',OLD.target_roles,NEW.target_roles),('target_users',OLD.target_users,NEW.target_users),('school_id',OLD.school_id,NEW.school_id),('district_id',OLD.district_id,NEW.district_id),('auto_escalate_after',OLD.auto_escalate_after,NEW.auto_escalate_after),('cooldown_period',OLD.cooldown_period,NEW.cooldown_period),('requires_acknowledgment',OLD.requires_acknowledgment,NEW.requires_acknowledgment),('expires_after',OLD.expires_after,NEW.expires_after),('metadata',OLD.metadata,NEW.metadata),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE alert_rules SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_alert_rules BEFORE DELETE ON alert_rules
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:alert_rules');
END
-- end
CREATE TRIGGER key_change_alert_rules BEFORE UPDATE OF id ON alert_rules
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:alert_rules');
END
-- end
CREATE TRIGGER capture_insert_analytics_reports AFTER INSERT ON analytics_reports
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:analytics_reports') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'ANALYTICS_REPORT', 'analytics_reports', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'analytics_reports' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('report_type',NEW.report_type),('title',NEW.title),('description',NEW.description),('period_start',NEW.period_start),('period_end',NEW.period_end),('generated_date',NEW.generated_date),('school_id',NEW.school_id),('summary',NEW.summary),('sections',NEW.sections),('findings',NEW.findings),('recommendations',NEW.recommendations),('status',NEW.status),('format',NEW.format),('file_url',NEW.file_url),('file_size',NEW.file_size),('generated_by',NEW.generated_by),('reviewed_by',NEW.reviewed_by),('reviewed_at',NEW.reviewed_at),('approved_by',NEW.approved_by),('approval_date',NEW.approval_date),('distribution_list',NEW.distribution_list),('sent_at',NEW.sent_at),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE analytics_reports SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_analytics_reports AFTER UPDATE OF report_type,title,description,period_start,period_end,generated_date,school_id,summary,sections,findings,recommendations,status,format,file_url,file_size,generated_by,reviewed_by,reviewed_at,approved_by,approval_date,distribution_list,sent_at,deleted_at,deleted_by,delete_reason ON analytics_reports
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:analytics_reports') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'ANALYTICS_REPORT', 'analytics_reports', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'analytics_reports' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('report_type',OLD.report_type,NEW.report_type),('title',OLD.title,NEW.title),('description',OLD.description,NEW.description),('period_start',OLD.period_start,NEW.period_start),('period_end',OLD.period_end,NEW.period_end),('generated_date',OLD.generated_date,NEW.generated_date),('school_id',OLD.school_id,NEW.school_id),('summary',OLD.summary,NEW.summary),('sections',OLD.sections,NEW.sections),('findings',OLD.findings,NEW.findings),('recommendations',OLD.recommendations,NEW.recommendations),('status',OLD.status,NEW.status),('format',OLD.format,NEW.format),('file_url',OLD.file_url,NEW.file_url),('file_size',OLD.file_size,NEW.file_size),('generated_by',OLD.generated_by,NEW.generated_by),('reviewed_by',OLD.reviewed_by,NEW.reviewed_by),('reviewed_at',OLD.reviewed_at,NEW.reviewed_at),('approved_by',OLD.approved_by,NEW.approved_by),('approval_date',OLD.approval_date,NEW.approval_date),('distribution_list',OLD.distribution_list,NEW.distribution_list),('sent_at',OLD.sent_at,NEW.sent_at),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE analytics_reports SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_analytics_reports BEFORE DELETE ON analytics_reports
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:analytics_reports');
END
-- end
CREATE TRIGGER key_change_analytics_reports BEFORE UPDATE OF id ON analytics_reports
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:analytics_reports');
END
-- end
CREATE TRIGGER capture_insert_health_metric_snapshots AFTER INSERT ON health_metric_snapshots
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:health_metric_snapshots') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'HEALTH_METRIC_SNAPSHOT', 'health_metric_snapshots', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'health_metric_snapshots' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('school_id',NEW.school_id),('metric_name',NEW.metric_name),('value',NEW.value),('unit',NEW.unit),('category',NEW.category),('trend',NEW.trend),('metadata',NEW.metadata),('snapshot_date',NEW.snapshot_date),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE health_metric_snapshots SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_health_metric_snapshots AFTER UPDATE OF school_id,metric_name,value,unit,category,trend,metadata,snapshot_date,deleted_at,deleted_by,delete_reason ON health_metric_snapshots
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:health_metric_snapshots') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'HEALTH_METRIC_SNAPSHOT', 'health_metric_snapshots', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'health_metric_snapshots' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('school_id',OLD.school_id,NEW.school_id),('metric_name',OLD.metric_name,NEW.metric_name),('value',OLD.value,NEW.value),('unit',OLD.unit,NEW.unit),('category',OLD.category,NEW.category),('trend',OLD.trend,NEW.trend),('metadata',OLD.metadata,NEW.metadata),('snapshot_date',OLD.snapshot_date,NEW.snapshot_date),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE health_metric_snapshots SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_health_metric_snapshots BEFORE DELETE ON health_metric_snapshots
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:health_metric_snapshots');
END
-- end
CREATE TRIGGER key_change_health_metric_snapshots BEFORE UPDATE OF id ON health_metric_snapshots
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:health_metric_snapshots');
END
-- end
CREATE TRIGGER capture_insert_budget_categories AFTER INSERT ON budget_categories
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:budget_categories') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'BUDGET_CATEGORY', 'budget_categories', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'budget_categories' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('name',NEW.name),('description',NEW.description),('fiscal_year',NEW.fiscal_year),('allocated_amount',NEW.allocated_amount),('is_active',NEW.is_active),('currency',NEW.currency),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE budget_categories SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_budget_categories AFTER UPDATE OF name,description,fiscal_year,allocated_amount,is_active,currency,deleted_at,deleted_by,delete_reason ON budget_categories
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:budget_categories') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'BUDGET_CATEGORY', 'budget_categories', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'budget_categories' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('name',OLD.name,NEW.name),('description',OLD.description,NEW.description),('fiscal_year',OLD.fiscal_year,NEW.fiscal_year),('allocated_amount',OLD.allocated_amount,NEW.allocated_amount),('is_active',OLD.is_active,NEW.is_active),('currency',OLD.currency,NEW.currency),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE budget_categories SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_budget_categories BEFORE DELETE ON budget_categories
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:budget_categories');
END
-- end
CREATE TRIGGER key_change_budget_categories BEFORE UPDATE OF id ON budget_categories
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:budget_categories');
END
-- end
CREATE TRIGGER capture_insert_clinical_protocols AFTER INSERT ON clinical_protocols
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:clinical_protocols') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'CLINICAL_PROTOCOL', 'clinical_protocols', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'clinical_protocols' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('name',NEW.name),('code',NEW.code),('version',NEW.version),('category',NEW.category),('description',NEW.description),('indications',NEW.indications),('contraindications',NEW.contraindications),('steps',NEW.steps),('decision_points',NEW.decision_points),('required_equipment',NEW.required_equipment),('medications',NEW.medications),('status',NEW.status),('approved_by',NEW.approved_by),('approved_date',NEW.approved_date),('effective_date',NEW.effective_date),('review_date',NEW.review_date),('references',NEW."references"),('tags',NEW.tags),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE clinical_protocols SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_clinical_protocols AFTER UPDATE OF name,code,version,category,description,indications,contraindications,steps,decision_points,required_equipment,medications,status,approved_by,approved_date,effective_date,review_date,"references",tags,deleted_at,deleted_by,delete_reason ON clinical_protocols
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:clinical_protocols') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'CLINICAL_PROTOCOL', 'clinical_protocols', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'clinical_protocols' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('name',OLD.name,NEW.name),('code',OLD.code,NEW.code),('version',OLD.version,NEW.version),('category',OLD.category,NEW.category),('description',OLD.description,NEW.description),('indications',OLD.indications,NEW.indications),('contraindications',OLD.contraindications,NEW.contraindications),('steps',OLD.steps,NEW.steps),('decision_points',OLD.decision_points,NEW.decision_points),('required_equipment',OLD.required_equipment,NEW.required_equipment),('medications',OLD.medications,NEW.medications),('status',OLD.status,NEW.status),('approved_by',OLD.approved_by,NEW.approved_by),('approved_date',OLD.approved_date,NEW.approved_date),('effective_date',OLD.effective_date,NEW.effective_date),('review_date',OLD.review_date,NEW.review_date),('references',OLD."references",NEW."references"),('tags',OLD.tags,NEW.tags),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE clinical_protocols SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_clinical_protocols BEFORE DELETE ON clinical_protocols
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:clinical_protocols');
END
-- end
CREATE TRIGGER key_change_clinical_protocols BEFORE UPDATE OF id ON clinical_protocols
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:clinical_protocols');
END
-- end
CREATE TRIGGER capture_insert_emergency_broadcasts AFTER INSERT ON emergency_broadcasts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:emergency_broadcasts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'EMERGENCY_BROADCAST', 'emergency_broadcasts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'emergency_broadcasts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('type',NEW.type),('priority',NEW.priority),('title',NEW.title),('message',NEW.message),('audience',NEW.audience),('school_id',NEW.school_id),('grade_level',NEW.grade_level),('class_id',NEW.class_id),('group_ids',NEW.group_ids),('channels',NEW.channels),('requires_acknowledgment',NEW.requires_acknowledgment),('expires_at',NEW.expires_at),('sent_by',NEW.sent_by),('sent_at',NEW.sent_at),('status',NEW.status),('follow_up_required',NEW.follow_up_required),('follow_up_message',NEW.follow_up_message),('signed_at',NEW.signed_at),('signed_by',NEW.signed_by),('amends_id',NEW.amends_id),('amendment_reason',NEW.amendment_reason),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE emergency_broadcasts SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_emergency_broadcasts AFTER UPDATE OF type,priority,title,message,audience,school_id,grade_level,class_id,group_ids,channels,requires_acknowledgment,expires_at,sent_by,sent_at,status,follow_up_required,follow_up_message,signed_at,signed_by,amends_id,amendment_reason,deleted_at,deleted_by,delete_reason ON emergency_broadcasts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:emergency_broadcasts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END, 'EMERGENCY_BROADCAST', 'emergency_broadcasts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'emergency_broadcasts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('type',OLD.type,NEW.type),('priority',OLD.priority,NEW.priority),('title',OLD.title,NEW.title),('message',OLD.message,NEW.message),('audience',OLD.audience,NEW.audience),('school_id',OLD.school_id,NEW.school_id),('grade_level',OLD.grade_level,NEW.grade_level),('class_id',OLD.class_id,NEW.class_id),('group_ids',OLD.group_ids,NEW.group_ids),('channels',OLD.channels,NEW.channels),('requires_acknowledgment',OLD.requires_acknowledgment,NEW.requires_acknowledgment),('expires_at',OLD.expires_at,NEW.expires_at),('sent_by',OLD.sent_by,NEW.sent_by),('sent_at',OLD.sent_at,NEW.sent_at),('status',OLD.status,NEW.status),('follow_up_required',OLD.follow_up_required,NEW.follow_up_required),('follow_up_message',OLD.follow_up_message,NEW.follow_up_message),('signed_at',OLD.signed_at,NEW.signed_at),('signed_by',OLD.signed_by,NEW.signed_by),('amends_id',OLD.amends_id,NEW.amends_id),('amendment_reason',OLD.amendment_reason,NEW.amendment_reason),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END = 'INSERT';
  UPDATE emergency_broadcasts SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_emergency_broadcasts BEFORE DELETE ON emergency_broadcasts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:emergency_broadcasts');
END
-- end
CREATE TRIGGER key_change_emergency_broadcasts BEFORE UPDATE OF id ON emergency_broadcasts
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:emergency_broadcasts');
END
-- end
CREATE TRIGGER sealed_row_emergency_broadcasts BEFORE UPDATE ON emergency_broadcasts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION') AND OLD.signed_at IS NOT NULL AND (OLD.type,OLD.priority,OLD.title,OLD.message,OLD.audience,OLD.school_id,OLD.grade_level,OLD.class_id,OLD.group_ids,OLD.channels,OLD.requires_acknowledgment,OLD.expires_at,OLD.signed_at,OLD.signed_by,OLD.amends_id,OLD.amendment_reason,OLD.deleted_at,OLD.deleted_by,OLD.delete_reason) IS NOT (NEW.type,NEW.priority,NEW.title,NEW.message,NEW.audience,NEW.school_id,NEW.grade_level,NEW.class_id,NEW.group_ids,NEW.channels,NEW.requires_acknowledgment,NEW.expires_at,NEW.signed_at,NEW.signed_by,NEW.amends_id,NEW.amendment_reason,NEW.deleted_at,NEW.deleted_by,NEW.delete_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:signed_row:emergency_broadcasts');
END
-- end
CREATE TRIGGER capture_insert_message_templates AFTER INSERT ON message_templates
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:message_templates') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'MESSAGE_TEMPLATE', 'message_templates', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'message_templates' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('name',NEW.name),('subject',NEW.subject),('content',NEW.content),('type',NEW.type),('category',NEW.category),('variables',NEW.variables),('is_active',NEW.is_active),('created_by_id',NEW.created_by_id),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE message_templates SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_message_templates AFTER UPDATE OF name,subject,content,type,category,variables,is_active,created_by_id,deleted_at,deleted_by,delete_reason ON message_templates
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:message_templates') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'MESSAGE_TEMPLATE', 'message_templates', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'message_templates' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('name',OLD.name,NEW.name),('subject',OLD.subject,NEW.subject),('content',OLD.content,NEW.content),('type',OLD.type,NEW.type),('category',OLD.category,NEW.category),('variables',OLD.variables,NEW.variables),('is_active',OLD.is_active,NEW.is_active),('created_by_id',OLD.created_by_id,NEW.created_by_id),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE message_templates SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_message_templates BEFORE DELETE ON message_templates
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:message_templates');
END
-- end
CREATE TRIGGER key_change_message_templates BEFORE UPDATE OF id ON message_templates
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:message_templates');
END
-- end
CREATE TRIGGER capture_insert_device_tokens AFTER INSERT ON device_tokens
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:device_tokens') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'DEVICE_TOKEN', 'device_tokens', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'device_tokens' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('user_id',NEW.user_id),('device_id',NEW.device_id),('platform',NEW.platform),('token',NEW.token),('device_name',NEW.device_name),('device_model',NEW.device_model),('os_version',NEW.os_version),('app_version',NEW.app_version),('is_active',NEW.is_active),('is_valid',NEW.is_valid),('last_validated',NEW.last_validated),('invalid_reason',NEW.invalid_reason),('allow_notifications',NEW.allow_notifications),('allow_sound',NEW.allow_sound),('allow_badge',NEW.allow_badge),('last_used_at',NEW.last_used_at),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE device_tokens SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_device_tokens AFTER UPDATE OF user_id,device_id,platform,token,device_name,device_model,os_version,app_version,is_active,is_valid,last_validated,invalid_reason,allow_notifications,allow_sound,allow_badge,last_used_at,deleted_at,deleted_by,delete_reason ON device_tokens
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:device_tokens') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'DEVICE_TOKEN', 'device_tokens', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'device_tokens' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('user_id',OLD.user_id,NEW.user_id),('device_id',OLD.device_id,NEW.device_id),('platform',OLD.platform,NEW.platform),('token',OLD.token,NEW.token),('device_name',OLD.device_name,NEW.device_name),('device_model',OLD.device_model,NEW.device_model),('os_version',OLD.os_version,NEW.os_version),('app_version',OLD.app_version,NEW.app_version),('is_active',OLD.is_active,NEW.is_active),('is_valid',OLD.is_valid,NEW.is_valid),('last_validated',OLD.last_validated,NEW.last_validated),('invalid_reason',OLD.invalid_reason,NEW.invalid_reason),('allow_notifications',OLD.allow_notifications,NEW.allow_notifications),('allow_sound',OLD.allow_sound,NEW.allow_sound),('allow_badge',OLD.allow_badge,NEW.allow_badge),('last_used_at',OLD.last_used_at,NEW.last_used_at),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE device_tokens SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_device_tokens BEFORE DELETE ON device_tokens
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:device_tokens');
END
-- end
CREATE TRIGGER key_change_device_tokens BEFORE UPDATE OF id ON device_tokens
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:device_tokens');
END
-- end
CREATE TRIGGER capture_insert_push_notifications AFTER INSERT ON push_notifications
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:push_notifications') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'PUSH_NOTIFICATION', 'push_notifications', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'push_notifications' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('user_ids',NEW.user_ids),('device_tokens',NEW.device_tokens),('title',NEW.title),('body',NEW.body),('category',NEW.category),('priority',NEW.priority),('data',NEW.data),('actions',NEW.actions),('image_url',NEW.image_url),('icon_url',NEW.icon_url),('sound',NEW.sound),('badge',NEW.badge),('ttl',NEW.ttl),('collapse_key',NEW.collapse_key),('require_interaction',NEW.require_interaction),('silent',NEW.silent),('scheduled_for',NEW.scheduled_for),('expires_at',NEW.expires_at),('status',NEW.status),('sent_at',NEW.sent_at),('delivered_at',NEW.delivered_at),('failed_at',NEW.failed_at),('delivery_results',NEW.delivery_results),('retry_count',NEW.retry_count),('max_retries',NEW.max_retries),('next_retry_at',NEW.next_retry_at),('school_id',NEW.school_id),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE push_notifications SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_push_notifications AFTER UPDATE OF user_ids,device_tokens,title,body,category,priority,data,actions,image_url,icon_url,sound,badge,ttl,collapse_key,require_interaction,silent,scheduled_for,expires_at,status,sent_at,delivered_at,failed_at,delivery_results,retry_count,max_retries,next_retry_at,school_id,deleted_at,deleted_by,delete_reason ON push_notifications
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:push_notifications') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'PUSH_NOTIFICATION', 'push_notifications', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'push_notifications' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('user_ids',OLD.user_ids,NEW.user_ids),('device_tokens',OLD.device_tokens,NEW.device_tokens),('title',OLD.title,NEW.title),('body',OLD.body,NEW.body),('category',OLD.category,NEW.category),('priority',OLD.priority,NEW.priority),('data',OLD.data,NEW.data),('actions',OLD.actions,NEW.actions),('image_url',OLD.image_url,NEW.image_url),('icon_url',OLD.icon_url,NEW.icon_url),('sound',OLD.sound,NEW.sound),('badge',OLD.badge,NEW.badge),('ttl',OLD.ttl,NEW.ttl),('collapse_key',OLD.collapse_key,NEW.collapse_key),('require_interaction',OLD.require_interaction,NEW.require_interaction),('silent',OLD.silent,NEW.silent),('scheduled_for',OLD.scheduled_for,NEW.scheduled_for),('expires_at',OLD.expires_at,NEW.expires_at),('status',OLD.status,NEW.status),('sent_at',OLD.sent_at,NEW.sent_at),('delivered_at',OLD.delivered_at,NEW.delivered_at),('failed_at',OLD.failed_at,NEW.failed_at),('delivery_results',OLD.delivery_results,NEW.delivery_results),('retry_count',OLD.retry_count,NEW.retry_count),('max_retries',OLD.max_retries,NEW.max_retries),('next_retry_at',OLD.next_retry_at,NEW.next_retry_at),('school_id',OLD.school_id,NEW.school_id),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE push_notifications SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_push_notifications BEFORE DELETE ON push_notifications
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:push_notifications');
END
-- end
CREATE TRIGGER key_change_push_notifications BEFORE UPDATE OF id ON push_notifications
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:push_notifications');
END
-- end
CREATE TRIGGER capture_insert_compliance_reports AFTER INSERT ON compliance_reports
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:compliance_reports') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'COMPLIANCE_REPORT', 'compliance_reports', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'compliance_reports' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('report_type',NEW.report_type),('title',NEW.title),('description',NEW.description),('status',NEW.status),('period',NEW.period),('findings',NEW.findings),('recommendations',NEW.recommendations),('due_date',NEW.due_date),('submitted_at',NEW.submitted_at),('submitted_by',NEW.submitted_by),('reviewed_at',NEW.reviewed_at),('reviewed_by',NEW.reviewed_by),('created_by_id',NEW.created_by_id),('school_id',NEW.school_id),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE compliance_reports SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_compliance_reports AFTER UPDATE OF report_type,title,description,status,period,findings,recommendations,due_date,submitted_at,submitted_by,reviewed_at,reviewed_by,created_by_id,school_id,deleted_at,deleted_by,delete_reason ON compliance_reports
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:compliance_reports') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'COMPLIANCE_REPORT', 'compliance_reports', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'compliance_reports' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('report_type',OLD.report_type,NEW.report_type),('title',OLD.title,NEW.title),('description',OLD.description,NEW.description),('status',OLD.status,NEW.status),('period',OLD.period,NEW.period),('findings',OLD.findings,NEW.findings),('recommendations',OLD.recommendations,NEW.recommendations),('due_date',OLD.due_date,NEW.due_date),('submitted_at',OLD.submitted_at,NEW.submitted_at),('submitted_by',OLD.submitted_by,NEW.submitted_by),('reviewed_at',OLD.reviewed_at,NEW.reviewed_at),('reviewed_by',OLD.reviewed_by,NEW.reviewed_by),('created_by_id',OLD.created_by_id,NEW.created_by_id),('school_id',OLD.school_id,NEW.school_id),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE compliance_reports SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_compliance_reports BEFORE DELETE ON compliance_reports
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:compliance_reports');
END
-- end
CREATE TRIGGER key_change_compliance_reports BEFORE UPDATE OF id ON compliance_reports
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:compliance_reports');
END
-- end
CREATE TRIGGER capture_insert_compliance_violations AFTER INSERT ON compliance_violations
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:compliance_violations') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'COMPLIANCE_VIOLATION', 'compliance_violations', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'compliance_violations' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('violation_type',NEW.violation_type),('title',NEW.title),('description',NEW.description),('severity',NEW.severity),('status',NEW.status),('reported_by',NEW.reported_by),('discovered_at',NEW.discovered_at),('affected_students',NEW.affected_students),('affected_data_categories',NEW.affected_data_categories),('root_cause',NEW.root_cause),('assigned_to',NEW.assigned_to),('resolution_notes',NEW.resolution_notes),('resolved_at',NEW.resolved_at),('school_id',NEW.school_id),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE compliance_violations SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_compliance_violations AFTER UPDATE OF violation_type,title,description,severity,status,reported_by,discovered_at,affected_students,affected_data_categories,root_cause,assigned_to,resolution_notes,resolved_at,school_id,deleted_at,deleted_by,delete_reason ON compliance_violations
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:compliance_violations') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'COMPLIANCE_VIOLATION', 'compliance_violations', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'compliance_violations' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('violation_type',OLD.violation_type,NEW.violation_type),('title',OLD.title,NEW.title),('description',OLD.description,NEW.description),('severity',OLD.severity,NEW.severity),('status',OLD.status,NEW.status),('reported_by',OLD.reported_by,NEW.reported_by),('discovered_at',OLD.discovered_at,NEW.discovered_at),('affected_students',OLD.affected_students,NEW.affected_students),('affected_data_categories',OLD.affected_data_categories,NEW.affected_data_categories),('root_cause',OLD.root_cause,NEW.root_cause),('assigned_to',OLD.assigned_to,NEW.assigned_to),('resolution_notes',OLD.resolution_notes,NEW.resolution_notes),('resolved_at',OLD.resolved_at,NEW.resolved_at),('school_id',OLD.school_id,NEW.school_id),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE compliance_violations SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_compliance_violations BEFORE DELETE ON compliance_violations
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:compliance_violations');
END
-- end
CREATE TRIGGER key_change_compliance_violations BEFORE UPDATE OF id ON compliance_violations
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:compliance_violations');
END
-- end
CREATE TRIGGER capture_insert_data_retention_policies AFTER INSERT ON data_retention_policies
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:data_retention_policies') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'DATA_RETENTION_POLICY', 'data_retention_policies', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'data_retention_policies' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('category',NEW.category),('description',NEW.description),('retention_period_days',NEW.retention_period_days),('legal_basis',NEW.legal_basis),('status',NEW.status),('auto_delete',NEW.auto_delete),('last_reviewed_at',NEW.last_reviewed_at),('last_reviewed_by',NEW.last_reviewed_by),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE data_retention_policies SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_data_retention_policies AFTER UPDATE OF category,description,retention_period_days,legal_basis,status,auto_delete,last_reviewed_at,last_reviewed_by,deleted_at,deleted_by,delete_reason ON data_retention_policies
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:data_retention_policies') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'DATA_RETENTION_POLICY', 'data_retention_policies', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'data_retention_policies' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('category',OLD.category,NEW.category),('description',OLD.description,NEW.description),('retention_period_days',OLD.retention_period_days,NEW.retention_period_days),('legal_basis',OLD.legal_basis,NEW.legal_basis),('status',OLD.status,NEW.status),('auto_delete',OLD.auto_delete,NEW.auto_delete),('last_reviewed_at',OLD.last_reviewed_at,NEW.last_reviewed_at),('last_reviewed_by',OLD.last_reviewed_by,NEW.last_reviewed_by),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE data_retention_policies SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_data_retention_policies BEFORE DELETE ON data_retention_policies
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:data_retention_policies');
END
-- end
CREATE TRIGGER key_change_data_retention_policies BEFORE UPDATE OF id ON data_retention_policies
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:data_retention_policies');
END
-- end
CREATE TRIGGER capture_insert_policy_documents AFTER INSERT ON policy_documents
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:policy_documents') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'POLICY_DOCUMENT', 'policy_documents', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'policy_documents' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('title',NEW.title),('category',NEW.category),('content',NEW.content),('version',NEW.version),('effective_date',NEW.effective_date),('review_date',NEW.review_date),('status',NEW.status),('approved_by',NEW.approved_by),('approved_at',NEW.approved_at),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE policy_documents SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_policy_documents AFTER UPDATE OF title,category,content,version,effective_date,review_date,status,approved_by,approved_at,deleted_at,deleted_by,delete_reason ON policy_documents
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:policy_documents') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'POLICY_DOCUMENT', 'policy_documents', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'policy_documents' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('title',OLD.title,NEW.title),('category',OLD.category,NEW.category),('content',OLD.content,NEW.content),('version',OLD.version,NEW.version),('effective_date',OLD.effective_date,NEW.effective_date),('review_date',OLD.review_date,NEW.review_date),('status',OLD.status,NEW.status),('approved_by',OLD.approved_by,NEW.approved_by),('approved_at',OLD.approved_at,NEW.approved_at),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE policy_documents SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_policy_documents BEFORE DELETE ON policy_documents
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:policy_documents');
END
-- end
CREATE TRIGGER key_change_policy_documents BEFORE UPDATE OF id ON policy_documents
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:policy_documents');
END
-- end
CREATE TRIGGER capture_insert_consent_forms AFTER INSERT ON consent_forms
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:consent_forms') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'CONSENT_FORM', 'consent_forms', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'consent_forms' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('type',NEW.type),('title',NEW.title),('description',NEW.description),('content',NEW.content),('version',NEW.version),('is_active',NEW.is_active),('expires_at',NEW.expires_at),('family_id',NEW.family_id),('languages',NEW.languages),('text_hash',NEW.text_hash),('published_at',NEW.published_at),('published_by',NEW.published_by),('previous_version_id',NEW.previous_version_id),('valid_from',NEW.valid_from),('requires_renewal',NEW.requires_renewal),('withdrawable',NEW.withdrawable),('disclosure_version',NEW.disclosure_version),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE consent_forms SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_consent_forms AFTER UPDATE OF type,title,description,content,version,is_active,expires_at,family_id,languages,text_hash,published_at,published_by,previous_version_id,valid_from,requires_renewal,withdrawable,disclosure_version,deleted_at,deleted_by,delete_reason ON consent_forms
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:consent_forms') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'CONSENT_FORM', 'consent_forms', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'consent_forms' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('type',OLD.type,NEW.type),('title',OLD.title,NEW.title),('description',OLD.description,NEW.description),('content',OLD.content,NEW.content),('version',OLD.version,NEW.version),('is_active',OLD.is_active,NEW.is_active),('expires_at',OLD.expires_at,NEW.expires_at),('family_id',OLD.family_id,NEW.family_id),('languages',OLD.languages,NEW.languages),('text_hash',OLD.text_hash,NEW.text_hash),('published_at',OLD.published_at,NEW.published_at),('published_by',OLD.published_by,NEW.published_by),('previous_version_id',OLD.previous_version_id,NEW.previous_version_id),('valid_from',OLD.valid_from,NEW.valid_from),('requires_renewal',OLD.requires_renewal,NEW.requires_renewal),('withdrawable',OLD.withdrawable,NEW.withdrawable),('disclosure_version',OLD.disclosure_version,NEW.disclosure_version),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE consent_forms SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_consent_forms BEFORE DELETE ON consent_forms
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:consent_forms');
END
-- end
CREATE TRIGGER key_change_consent_forms BEFORE UPDATE OF id ON consent_forms
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:consent_forms');
END
-- end
CREATE TRIGGER capture_insert_contacts AFTER INSERT ON contacts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:contacts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'CONTACT', 'contacts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'contacts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('first_name',NEW.first_name),('last_name',NEW.last_name),('email',NEW.email),('phone',NEW.phone),('type',NEW.type),('organization',NEW.organization),('title',NEW.title),('address',NEW.address),('city',NEW.city),('state',NEW.state),('zip',NEW.zip),('relation_to',NEW.relation_to),('relationship_type',NEW.relationship_type),('custom_fields',NEW.custom_fields),('is_active',NEW.is_active),('notes',NEW.notes),('school_id',NEW.school_id),('user_id',NEW.user_id),('language',NEW.language),('sourced_id',NEW.sourced_id),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE contacts SET scope_id = coalesce(NEW.id, coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_contacts AFTER UPDATE OF first_name,last_name,email,phone,type,organization,title,address,city,state,zip,relation_to,relationship_type,custom_fields,is_active,notes,school_id,user_id,language,sourced_id,deleted_at,deleted_by,delete_reason ON contacts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:contacts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'CONTACT', 'contacts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'contacts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('first_name',OLD.first_name,NEW.first_name),('last_name',OLD.last_name,NEW.last_name),('email',OLD.email,NEW.email),('phone',OLD.phone,NEW.phone),('type',OLD.type,NEW.type),('organization',OLD.organization,NEW.organization),('title',OLD.title,NEW.title),('address',OLD.address,NEW.address),('city',OLD.city,NEW.city),('state',OLD.state,NEW.state),('zip',OLD.zip,NEW.zip),('relation_to',OLD.relation_to,NEW.relation_to),('relationship_type',OLD.relationship_type,NEW.relationship_type),('custom_fields',OLD.custom_fields,NEW.custom_fields),('is_active',OLD.is_active,NEW.is_active),('notes',OLD.notes,NEW.notes),('school_id',OLD.school_id,NEW.school_id),('user_id',OLD.user_id,NEW.user_id),('language',OLD.language,NEW.language),('sourced_id',OLD.sourced_id,NEW.sourced_id),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE contacts SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_contacts BEFORE DELETE ON contacts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:contacts');
END
-- end
CREATE TRIGGER key_change_contacts BEFORE UPDATE OF id ON contacts
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:contacts');
END
-- end
CREATE TRIGGER refuse_delete_audit_logs BEFORE DELETE ON audit_logs
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:audit_logs');
END
-- end
CREATE TRIGGER key_change_audit_logs BEFORE UPDATE OF id ON audit_logs
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:audit_logs');
END
-- end
CREATE TRIGGER capture_insert_students AFTER INSERT ON students
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:students') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'STUDENT', 'students', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'students' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_number',NEW.student_number),('first_name',NEW.first_name),('last_name',NEW.last_name),('date_of_birth',NEW.date_of_birth),('grade',NEW.grade),('gender',NEW.gender),('photo',NEW.photo),('medical_record_num',NEW.medical_record_num),('is_active',NEW.is_active),('enrollment_date',NEW.enrollment_date),('nurse_id',NEW.nurse_id),('school_id',NEW.school_id),('district_id',NEW.district_id),('number_status',NEW.number_status),('middle_name',NEW.middle_name),('preferred_name',NEW.preferred_name),('homeroom',NEW.homeroom),('language',NEW.language),('sourced_id',NEW.sourced_id),('left_on',NEW.left_on),('merged_into_id',NEW.merged_into_id),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE students SET scope_id = NEW.id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_students AFTER UPDATE OF student_number,first_name,last_name,date_of_birth,grade,gender,photo,medical_record_num,is_active,enrollment_date,nurse_id,school_id,district_id,number_status,middle_name,preferred_name,homeroom,language,sourced_id,left_on,merged_into_id,deleted_at,deleted_by,delete_reason ON students
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:students') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'STUDENT', 'students', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'students' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_number',OLD.student_number,NEW.student_number),('first_name',OLD.first_name,NEW.first_name),('last_name',OLD.last_name,NEW.last_name),('date_of_birth',OLD.date_of_birth,NEW.date_of_birth),('grade',OLD.grade,NEW.grade),('gender',OLD.gender,NEW.gender),('photo',OLD.photo,NEW.photo),('medical_record_num',OLD.medical_record_num,NEW.medical_record_num),('is_active',OLD.is_active,NEW.is_active),('enrollment_date',OLD.enrollment_date,NEW.enrollment_date),('nurse_id',OLD.nurse_id,NEW.nurse_id),('school_id',OLD.school_id,NEW.school_id),('district_id',OLD.district_id,NEW.district_id),('number_status',OLD.number_status,NEW.number_status),('middle_name',OLD.middle_name,NEW.middle_name),('preferred_name',OLD.preferred_name,NEW.preferred_name),('homeroom',OLD.homeroom,NEW.homeroom),('language',OLD.language,NEW.language),('sourced_id',OLD.sourced_id,NEW.sourced_id),('left_on',OLD.left_on,NEW.left_on),('merged_into_id',OLD.merged_into_id,NEW.merged_into_id),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE students SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_students BEFORE DELETE ON students
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:students');
END
-- end
CREATE TRIGGER key_change_students BEFORE UPDATE OF id ON students
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:students');
END
-- end
CREATE TRIGGER capture_insert_academic_sessions AFTER INSERT ON academic_sessions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:academic_sessions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'ACADEMIC_SESSION', 'academic_sessions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'academic_sessions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('school_id',NEW.school_id),('parent_id',NEW.parent_id),('title',NEW.title),('kind',NEW.kind),('starts_on',NEW.starts_on),('ends_on',NEW.ends_on),('school_days',NEW.school_days),('sourced_id',NEW.sourced_id),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE academic_sessions SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_academic_sessions AFTER UPDATE OF school_id,parent_id,title,kind,starts_on,ends_on,school_days,sourced_id,deleted_at,deleted_by,delete_reason ON academic_sessions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:academic_sessions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'ACADEMIC_SESSION', 'academic_sessions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'academic_sessions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('school_id',OLD.school_id,NEW.school_id),('parent_id',OLD.parent_id,NEW.parent_id),('title',OLD.title,NEW.title),('kind',OLD.kind,NEW.kind),('starts_on',OLD.starts_on,NEW.starts_on),('ends_on',OLD.ends_on,NEW.ends_on),('school_days',OLD.school_days,NEW.school_days),('sourced_id',OLD.sourced_id,NEW.sourced_id),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE academic_sessions SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_academic_sessions BEFORE DELETE ON academic_sessions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:academic_sessions');
END
-- end
CREATE TRIGGER key_change_academic_sessions BEFORE UPDATE OF id ON academic_sessions
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:academic_sessions');
END
-- end
CREATE TRIGGER capture_insert_calendar_days AFTER INSERT ON calendar_days
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:calendar_days') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'CALENDAR_DAY', 'calendar_days', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'calendar_days' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('school_id',NEW.school_id),('day',NEW.day),('kind',NEW.kind),('at_time',NEW.at_time),('title',NEW.title),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE calendar_days SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_calendar_days AFTER UPDATE OF school_id,day,kind,at_time,title,deleted_at,deleted_by,delete_reason ON calendar_days
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:calendar_days') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'CALENDAR_DAY', 'calendar_days', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'calendar_days' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('school_id',OLD.school_id,NEW.school_id),('day',OLD.day,NEW.day),('kind',OLD.kind,NEW.kind),('at_time',OLD.at_time,NEW.at_time),('title',OLD.title,NEW.title),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE calendar_days SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_calendar_days BEFORE DELETE ON calendar_days
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:calendar_days');
END
-- end
CREATE TRIGGER key_change_calendar_days BEFORE UPDATE OF id ON calendar_days
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:calendar_days');
END
-- end
CREATE TRIGGER capture_insert_integration_configs AFTER INSERT ON integration_configs
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:integration_configs') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'INTEGRATION_CONFIG', 'integration_configs', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'integration_configs' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('name',NEW.name),('type',NEW.type),('status',NEW.status),('endpoint',NEW.endpoint),('api_key',NEW.api_key),('username',NEW.username),('password',NEW.password),('settings',NEW.settings),('authentication',NEW.authentication),('sync_frequency',NEW.sync_frequency),('is_active',NEW.is_active),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE integration_configs SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_integration_configs AFTER UPDATE OF name,type,status,endpoint,api_key,username,password,settings,authentication,sync_frequency,is_active,deleted_at,deleted_by,delete_reason ON integration_configs
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:integration_configs') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'INTEGRATION_CONFIG', 'integration_configs', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'integration_configs' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('name',OLD.name,NEW.name),('type',OLD.type,NEW.type),('status',OLD.status,NEW.status),('endpoint',OLD.endpoint,NEW.endpoint),('api_key',OLD.api_key,NEW.api_key),('username',OLD.username,NEW.username),('password',OLD.password,NEW.password),('settings',OLD.settings,NEW.settings),('authentication',OLD.authentication,NEW.authentication),('sync_frequency',OLD.sync_frequency,NEW.sync_frequency),('is_active',OLD.is_active,NEW.is_active),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE integration_configs SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_integration_configs BEFORE DELETE ON integration_configs
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:integration_configs');
END
-- end
CREATE TRIGGER key_change_integration_configs BEFORE UPDATE OF id ON integration_configs
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:integration_configs');
END
-- end
CREATE TRIGGER capture_insert_vendors AFTER INSERT ON vendors
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:vendors') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'VENDOR', 'vendors', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'vendors' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('name',NEW.name),('contact_name',NEW.contact_name),('email',NEW.email),('phone',NEW.phone),('address',NEW.address),('website',NEW.website),('tax_id',NEW.tax_id),('payment_terms',NEW.payment_terms),('notes',NEW.notes),('rating',NEW.rating),('is_active',NEW.is_active),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE vendors SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_vendors AFTER UPDATE OF name,contact_name,email,phone,address,website,tax_id,payment_terms,notes,rating,is_active,deleted_at,deleted_by,delete_reason ON vendors
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:vendors') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'VENDOR', 'vendors', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'vendors' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('name',OLD.name,NEW.name),('contact_name',OLD.contact_name,NEW.contact_name),('email',OLD.email,NEW.email),('phone',OLD.phone,NEW.phone),('address',OLD.address,NEW.address),('website',OLD.website,NEW.website),('tax_id',OLD.tax_id,NEW.tax_id),('payment_terms',OLD.payment_terms,NEW.payment_terms),('notes',OLD.notes,NEW.notes),('rating',OLD.rating,NEW.rating),('is_active',OLD.is_active,NEW.is_active),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE vendors SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_vendors BEFORE DELETE ON vendors
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:vendors');
END
-- end
CREATE TRIGGER key_change_vendors BEFORE UPDATE OF id ON vendors
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:vendors');
END
-- end
CREATE TRIGGER capture_insert_drug_catalog AFTER INSERT ON drug_catalog
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:drug_catalog') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'DRUG_CATALOG', 'drug_catalog', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'drug_catalog' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('rxnorm_id',NEW.rxnorm_id),('rxnorm_code',NEW.rxnorm_code),('generic_name',NEW.generic_name),('brand_names',NEW.brand_names),('drug_class',NEW.drug_class),('fda_approved',NEW.fda_approved),('common_doses',NEW.common_doses),('side_effects',NEW.side_effects),('contraindications',NEW.contraindications),('warnings',NEW.warnings),('is_active',NEW.is_active),('ingredients',NEW.ingredients),('allergy_classes',NEW.allergy_classes),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE drug_catalog SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_drug_catalog AFTER UPDATE OF rxnorm_id,rxnorm_code,generic_name,brand_names,drug_class,fda_approved,common_doses,side_effects,contraindications,warnings,is_active,ingredients,allergy_classes,deleted_at,deleted_by,delete_reason ON drug_catalog
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:drug_catalog') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'DRUG_CATALOG', 'drug_catalog', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'drug_catalog' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('rxnorm_id',OLD.rxnorm_id,NEW.rxnorm_id),('rxnorm_code',OLD.rxnorm_code,NEW.rxnorm_code),('generic_name',OLD.generic_name,NEW.generic_name),('brand_names',OLD.brand_names,NEW.brand_names),('drug_class',OLD.drug_class,NEW.drug_class),('fda_approved',OLD.fda_approved,NEW.fda_approved),('common_doses',OLD.common_doses,NEW.common_doses),('side_effects',OLD.side_effects,NEW.side_effects),('contraindications',OLD.contraindications,NEW.contraindications),('warnings',OLD.warnings,NEW.warnings),('is_active',OLD.is_active,NEW.is_active),('ingredients',OLD.ingredients,NEW.ingredients),('allergy_classes',OLD.allergy_classes,NEW.allergy_classes),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE drug_catalog SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_drug_catalog BEFORE DELETE ON drug_catalog
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:drug_catalog');
END
-- end
CREATE TRIGGER key_change_drug_catalog BEFORE UPDATE OF id ON drug_catalog
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:drug_catalog');
END
-- end
CREATE TRIGGER capture_insert_report_templates AFTER INSERT ON report_templates
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:report_templates') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'REPORT_TEMPLATE', 'report_templates', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'report_templates' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('name',NEW.name),('description',NEW.description),('report_type',NEW.report_type),('query_configuration',NEW.query_configuration),('default_output_format',NEW.default_output_format),('format_options',NEW.format_options),('is_active',NEW.is_active),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE report_templates SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_report_templates AFTER UPDATE OF name,description,report_type,query_configuration,default_output_format,format_options,is_active,deleted_at,deleted_by,delete_reason ON report_templates
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:report_templates') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'REPORT_TEMPLATE', 'report_templates', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'report_templates' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('name',OLD.name,NEW.name),('description',OLD.description,NEW.description),('report_type',OLD.report_type,NEW.report_type),('query_configuration',OLD.query_configuration,NEW.query_configuration),('default_output_format',OLD.default_output_format,NEW.default_output_format),('format_options',OLD.format_options,NEW.format_options),('is_active',OLD.is_active,NEW.is_active),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE report_templates SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_report_templates BEFORE DELETE ON report_templates
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:report_templates');
END
-- end
CREATE TRIGGER key_change_report_templates BEFORE UPDATE OF id ON report_templates
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:report_templates');
END
-- end
CREATE TRIGGER capture_insert_roster_imports AFTER INSERT ON roster_imports
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:roster_imports') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'ROSTER_IMPORT', 'roster_imports', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'roster_imports' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('file_name',NEW.file_name),('content_hash',NEW.content_hash),('source',NEW.source),('is_delta',NEW.is_delta),('status',NEW.status),('started_at',NEW.started_at),('finished_at',NEW.finished_at),('undone_at',NEW.undone_at),('rows_read',NEW.rows_read),('rows_changed',NEW.rows_changed),('rows_quarantined',NEW.rows_quarantined),('report',NEW.report),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE roster_imports SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_roster_imports AFTER UPDATE OF file_name,content_hash,source,is_delta,status,started_at,finished_at,undone_at,rows_read,rows_changed,rows_quarantined,report,deleted_at,deleted_by,delete_reason ON roster_imports
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:roster_imports') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'ROSTER_IMPORT', 'roster_imports', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'roster_imports' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('file_name',OLD.file_name,NEW.file_name),('content_hash',OLD.content_hash,NEW.content_hash),('source',OLD.source,NEW.source),('is_delta',OLD.is_delta,NEW.is_delta),('status',OLD.status,NEW.status),('started_at',OLD.started_at,NEW.started_at),('finished_at',OLD.finished_at,NEW.finished_at),('undone_at',OLD.undone_at,NEW.undone_at),('rows_read',OLD.rows_read,NEW.rows_read),('rows_changed',OLD.rows_changed,NEW.rows_changed),('rows_quarantined',OLD.rows_quarantined,NEW.rows_quarantined),('report',OLD.report,NEW.report),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE roster_imports SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_roster_imports BEFORE DELETE ON roster_imports
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:roster_imports');
END
-- end
CREATE TRIGGER key_change_roster_imports BEFORE UPDATE OF id ON roster_imports
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:roster_imports');
END
-- end
CREATE TRIGGER refuse_delete_login_attempts BEFORE DELETE ON login_attempts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:login_attempts');
END
-- end
CREATE TRIGGER key_change_login_attempts BEFORE UPDATE OF id ON login_attempts
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:login_attempts');
END
-- end
CREATE TRIGGER capture_insert_ip_restrictions AFTER INSERT ON ip_restrictions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:ip_restrictions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'IP_RESTRICTION', 'ip_restrictions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'ip_restrictions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('type',NEW.type),('ip_address',NEW.ip_address),('ip_range',NEW.ip_range),('countries',NEW.countries),('reason',NEW.reason),('expires_at',NEW.expires_at),('is_active',NEW.is_active),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE ip_restrictions SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_ip_restrictions AFTER UPDATE OF type,ip_address,ip_range,countries,reason,expires_at,is_active,deleted_at,deleted_by,delete_reason ON ip_restrictions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:ip_restrictions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'IP_RESTRICTION', 'ip_restrictions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'ip_restrictions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('type',OLD.type,NEW.type),('ip_address',OLD.ip_address,NEW.ip_address),('ip_range',OLD.ip_range,NEW.ip_range),('countries',OLD.countries,NEW.countries),('reason',OLD.reason,NEW.reason),('expires_at',OLD.expires_at,NEW.expires_at),('is_active',OLD.is_active,NEW.is_active),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE ip_restrictions SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_ip_restrictions BEFORE DELETE ON ip_restrictions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:ip_restrictions');
END
-- end
CREATE TRIGGER key_change_ip_restrictions BEFORE UPDATE OF id ON ip_restrictions
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:ip_restrictions');
END
-- end
CREATE TRIGGER capture_insert_security_incidents AFTER INSERT ON security_incidents
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:security_incidents') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'SECURITY_INCIDENT', 'security_incidents', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'security_incidents' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('type',NEW.type),('severity',NEW.severity),('status',NEW.status),('title',NEW.title),('description',NEW.description),('user_id',NEW.user_id),('ip_address',NEW.ip_address),('user_agent',NEW.user_agent),('resource_accessed',NEW.resource_accessed),('detected_at',NEW.detected_at),('detection_method',NEW.detection_method),('indicators',NEW.indicators),('impact',NEW.impact),('assigned_to',NEW.assigned_to),('resolved_at',NEW.resolved_at),('resolution',NEW.resolution),('preventive_measures',NEW.preventive_measures),('metadata',NEW.metadata),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE security_incidents SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_security_incidents AFTER UPDATE OF type,severity,status,title,description,user_id,ip_address,user_agent,resource_accessed,detected_at,detection_method,indicators,impact,assigned_to,resolved_at,resolution,preventive_measures,metadata,deleted_at,deleted_by,delete_reason ON security_incidents
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:security_incidents') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'SECURITY_INCIDENT', 'security_incidents', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'security_incidents' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('type',OLD.type,NEW.type),('severity',OLD.severity,NEW.severity),('status',OLD.status,NEW.status),('title',OLD.title,NEW.title),('description',OLD.description,NEW.description),('user_id',OLD.user_id,NEW.user_id),('ip_address',OLD.ip_address,NEW.ip_address),('user_agent',OLD.user_agent,NEW.user_agent),('resource_accessed',OLD.resource_accessed,NEW.resource_accessed),('detected_at',OLD.detected_at,NEW.detected_at),('detection_method',OLD.detection_method,NEW.detection_method),('indicators',OLD.indicators,NEW.indicators),('impact',OLD.impact,NEW.impact),('assigned_to',OLD.assigned_to,NEW.assigned_to),('resolved_at',OLD.resolved_at,NEW.resolved_at),('resolution',OLD.resolution,NEW.resolution),('preventive_measures',OLD.preventive_measures,NEW.preventive_measures),('metadata',OLD.metadata,NEW.metadata),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE security_incidents SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_security_incidents BEFORE DELETE ON security_incidents
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:security_incidents');
END
-- end
CREATE TRIGGER key_change_security_incidents BEFORE UPDATE OF id ON security_incidents
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:security_incidents');
END
-- end
CREATE TRIGGER capture_insert_system_configurations AFTER INSERT ON system_configurations
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:system_configurations') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'SYSTEM_CONFIG', 'system_configurations', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'system_configurations' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('key',NEW."key"),('value',NEW.value),('category',NEW.category),('value_type',NEW.value_type),('sub_category',NEW.sub_category),('description',NEW.description),('default_value',NEW.default_value),('valid_values',NEW.valid_values),('min_value',NEW.min_value),('max_value',NEW.max_value),('is_public',NEW.is_public),('is_editable',NEW.is_editable),('requires_restart',NEW.requires_restart),('scope',NEW.scope),('tags',NEW.tags),('sort_order',NEW.sort_order),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE system_configurations SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_system_configurations AFTER UPDATE OF "key",value,category,value_type,sub_category,description,default_value,valid_values,min_value,max_value,is_public,is_editable,requires_restart,scope,tags,sort_order,deleted_at,deleted_by,delete_reason ON system_configurations
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:system_configurations') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'SYSTEM_CONFIG', 'system_configurations', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'system_configurations' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('key',OLD."key",NEW."key"),('value',OLD.value,NEW.value),('category',OLD.category,NEW.category),('value_type',OLD.value_type,NEW.value_type),('sub_category',OLD.sub_category,NEW.sub_category),('description',OLD.description,NEW.description),('default_value',OLD.default_value,NEW.default_value),('valid_values',OLD.valid_values,NEW.valid_values),('min_value',OLD.min_value,NEW.min_value),('max_value',OLD.max_value,NEW.max_value),('is_public',OLD.is_public,NEW.is_public),('is_editable',OLD.is_editable,NEW.is_editable),('requires_restart',OLD.requires_restart,NEW.requires_restart),('scope',OLD.scope,NEW.scope),('tags',OLD.tags,NEW.tags),('sort_order',OLD.sort_order,NEW.sort_order),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
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
-- end
CREATE TRIGGER capture_insert_webhooks AFTER INSERT ON webhooks
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:webhooks') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'WEBHOOK', 'webhooks', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'webhooks' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('url',NEW.url),('events',NEW.events),('is_active',NEW.is_active),('secret',NEW.secret),('headers',NEW.headers),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE webhooks SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_webhooks AFTER UPDATE OF url,events,is_active,secret,headers,deleted_at,deleted_by,delete_reason ON webhooks
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:webhooks') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'WEBHOOK', 'webhooks', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'webhooks' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('url',OLD.url,NEW.url),('events',OLD.events,NEW.events),('is_active',OLD.is_active,NEW.is_active),('secret',OLD.secret,NEW.secret),('headers',OLD.headers,NEW.headers),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE webhooks SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_webhooks BEFORE DELETE ON webhooks
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:webhooks');
END
-- end
CREATE TRIGGER key_change_webhooks BEFORE UPDATE OF id ON webhooks
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:webhooks');
END
-- end
CREATE TRIGGER capture_insert_sealed_keys AFTER INSERT ON sealed_keys
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:sealed_keys') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'SEALED_KEY', 'sealed_keys', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'sealed_keys' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('suite',NEW.suite),('data_key_epoch',NEW.data_key_epoch),('wrapped_key',CASE WHEN NEW.wrapped_key IS NOT NULL THEN hex(NEW.wrapped_key) END),('destroyed_at',NEW.destroyed_at),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE sealed_keys SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_sealed_keys AFTER UPDATE OF student_id,suite,data_key_epoch,wrapped_key,destroyed_at,deleted_at,deleted_by,delete_reason ON sealed_keys
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:sealed_keys') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'SEALED_KEY', 'sealed_keys', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'sealed_keys' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('suite',OLD.suite,NEW.suite),('data_key_epoch',OLD.data_key_epoch,NEW.data_key_epoch),('wrapped_key',CASE WHEN OLD.wrapped_key IS NOT NULL THEN hex(OLD.wrapped_key) END,CASE WHEN NEW.wrapped_key IS NOT NULL THEN hex(NEW.wrapped_key) END),('destroyed_at',OLD.destroyed_at,NEW.destroyed_at),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE sealed_keys SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_sealed_keys BEFORE DELETE ON sealed_keys
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:sealed_keys');
END
-- end
CREATE TRIGGER key_change_sealed_keys BEFORE UPDATE OF id ON sealed_keys
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:sealed_keys');
END
-- end
CREATE TRIGGER capture_insert_signatures AFTER INSERT ON signatures
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:signatures') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'SIGNATURE', 'signatures', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'signatures' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('table_name',NEW.table_name),('row_id',NEW.row_id),('signed_version',NEW.signed_version),('student_id',NEW.student_id),('school_id',NEW.school_id),('signer_id',NEW.signer_id),('signer_name',NEW.signer_name),('meaning',NEW.meaning),('record_hash',NEW.record_hash),('user_key_id',NEW.user_key_id),('signature',hex(NEW.signature)),('made_at',NEW.made_at),('zone_offset_minutes',NEW.zone_offset_minutes),('supersedes_id',NEW.supersedes_id),('revision',NEW.revision),('entry_kind',NEW.entry_kind),('correction_reason',NEW.correction_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE signatures SET scope_id = coalesce(NEW.student_id, coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_signatures AFTER UPDATE OF table_name,row_id,signed_version,student_id,school_id,signer_id,signer_name,meaning,record_hash,user_key_id,signature,made_at,zone_offset_minutes,supersedes_id,revision,entry_kind,correction_reason ON signatures
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:signatures') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'UPDATE', 'SIGNATURE', 'signatures', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'signatures' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('table_name',OLD.table_name,NEW.table_name),('row_id',OLD.row_id,NEW.row_id),('signed_version',OLD.signed_version,NEW.signed_version),('student_id',OLD.student_id,NEW.student_id),('school_id',OLD.school_id,NEW.school_id),('signer_id',OLD.signer_id,NEW.signer_id),('signer_name',OLD.signer_name,NEW.signer_name),('meaning',OLD.meaning,NEW.meaning),('record_hash',OLD.record_hash,NEW.record_hash),('user_key_id',OLD.user_key_id,NEW.user_key_id),('signature',hex(OLD.signature),hex(NEW.signature)),('made_at',OLD.made_at,NEW.made_at),('zone_offset_minutes',OLD.zone_offset_minutes,NEW.zone_offset_minutes),('supersedes_id',OLD.supersedes_id,NEW.supersedes_id),('revision',OLD.revision,NEW.revision),('entry_kind',OLD.entry_kind,NEW.entry_kind),('correction_reason',OLD.correction_reason,NEW.correction_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR 'UPDATE' = 'INSERT';
  UPDATE signatures SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_signatures BEFORE DELETE ON signatures
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:signatures');
END
-- end
CREATE TRIGGER key_change_signatures BEFORE UPDATE OF id ON signatures
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:signatures');
END
-- end
CREATE TRIGGER append_only_signatures BEFORE UPDATE ON signatures
WHEN (OLD.table_name,OLD.row_id,OLD.signed_version,OLD.student_id,OLD.school_id,OLD.signer_id,OLD.signer_name,OLD.meaning,OLD.record_hash,OLD.user_key_id,OLD.signature,OLD.made_at,OLD.zone_offset_minutes,OLD.supersedes_id,OLD.revision,OLD.entry_kind,OLD.correction_reason) IS NOT (NEW.table_name,NEW.row_id,NEW.signed_version,NEW.student_id,NEW.school_id,NEW.signer_id,NEW.signer_name,NEW.meaning,NEW.record_hash,NEW.user_key_id,NEW.signature,NEW.made_at,NEW.zone_offset_minutes,NEW.supersedes_id,NEW.revision,NEW.entry_kind,NEW.correction_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:append_only:signatures');
END
-- end
CREATE TRIGGER capture_insert_academic_transcripts AFTER INSERT ON academic_transcripts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:academic_transcripts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'ACADEMIC_TRANSCRIPT', 'academic_transcripts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'academic_transcripts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('academic_year',NEW.academic_year),('semester',NEW.semester),('grade',NEW.grade),('gpa',NEW.gpa),('subjects',NEW.subjects),('attendance',NEW.attendance),('behavior',NEW.behavior),('imported_by',NEW.imported_by),('imported_at',NEW.imported_at),('import_source',NEW.import_source),('metadata',NEW.metadata),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE academic_transcripts SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_academic_transcripts AFTER UPDATE OF student_id,academic_year,semester,grade,gpa,subjects,attendance,behavior,imported_by,imported_at,import_source,metadata,deleted_at,deleted_by,delete_reason ON academic_transcripts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:academic_transcripts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'ACADEMIC_TRANSCRIPT', 'academic_transcripts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'academic_transcripts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('academic_year',OLD.academic_year,NEW.academic_year),('semester',OLD.semester,NEW.semester),('grade',OLD.grade,NEW.grade),('gpa',OLD.gpa,NEW.gpa),('subjects',OLD.subjects,NEW.subjects),('attendance',OLD.attendance,NEW.attendance),('behavior',OLD.behavior,NEW.behavior),('imported_by',OLD.imported_by,NEW.imported_by),('imported_at',OLD.imported_at,NEW.imported_at),('import_source',OLD.import_source,NEW.import_source),('metadata',OLD.metadata,NEW.metadata),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE academic_transcripts SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_academic_transcripts BEFORE DELETE ON academic_transcripts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:academic_transcripts');
END
-- end
CREATE TRIGGER key_change_academic_transcripts BEFORE UPDATE OF id ON academic_transcripts
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:academic_transcripts');
END
-- end
CREATE TRIGGER capture_insert_configuration_history AFTER INSERT ON configuration_history
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:configuration_history') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'CONFIGURATION_HISTORY', 'configuration_history', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'configuration_history' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('config_key',NEW.config_key),('old_value',NEW.old_value),('new_value',NEW.new_value),('changed_by',NEW.changed_by),('configuration_id',NEW.configuration_id),('supersedes_id',NEW.supersedes_id),('revision',NEW.revision),('entry_kind',NEW.entry_kind),('correction_reason',NEW.correction_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE configuration_history SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_configuration_history AFTER UPDATE OF config_key,old_value,new_value,changed_by,configuration_id,supersedes_id,revision,entry_kind,correction_reason ON configuration_history
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:configuration_history') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'UPDATE', 'CONFIGURATION_HISTORY', 'configuration_history', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'configuration_history' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('config_key',OLD.config_key,NEW.config_key),('old_value',OLD.old_value,NEW.old_value),('new_value',OLD.new_value,NEW.new_value),('changed_by',OLD.changed_by,NEW.changed_by),('configuration_id',OLD.configuration_id,NEW.configuration_id),('supersedes_id',OLD.supersedes_id,NEW.supersedes_id),('revision',OLD.revision,NEW.revision),('entry_kind',OLD.entry_kind,NEW.entry_kind),('correction_reason',OLD.correction_reason,NEW.correction_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR 'UPDATE' = 'INSERT';
  UPDATE configuration_history SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_configuration_history BEFORE DELETE ON configuration_history
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:configuration_history');
END
-- end
CREATE TRIGGER key_change_configuration_history BEFORE UPDATE OF id ON configuration_history
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:configuration_history');
END
-- end
CREATE TRIGGER append_only_configuration_history BEFORE UPDATE ON configuration_history
WHEN (OLD.config_key,OLD.old_value,OLD.new_value,OLD.changed_by,OLD.configuration_id,OLD.supersedes_id,OLD.revision,OLD.entry_kind,OLD.correction_reason) IS NOT (NEW.config_key,NEW.old_value,NEW.new_value,NEW.changed_by,NEW.configuration_id,NEW.supersedes_id,NEW.revision,NEW.entry_kind,NEW.correction_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:append_only:configuration_history');
END
-- end
CREATE TRIGGER capture_insert_emergency_contacts AFTER INSERT ON emergency_contacts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:emergency_contacts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'EMERGENCY_CONTACT', 'emergency_contacts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'emergency_contacts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('first_name',NEW.first_name),('last_name',NEW.last_name),('relationship',NEW.relationship),('phone_number',NEW.phone_number),('email',NEW.email),('address',NEW.address),('priority',NEW.priority),('is_active',NEW.is_active),('preferred_contact_method',NEW.preferred_contact_method),('verification_status',NEW.verification_status),('last_verified_at',NEW.last_verified_at),('notification_channels',NEW.notification_channels),('can_pickup_student',NEW.can_pickup_student),('notes',NEW.notes),('contact_id',NEW.contact_id),('call_order',NEW.call_order),('custody_limits',NEW.custody_limits),('may_consent',NEW.may_consent),('language',NEW.language),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE emergency_contacts SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_emergency_contacts AFTER UPDATE OF student_id,first_name,last_name,relationship,phone_number,email,address,priority,is_active,preferred_contact_method,verification_status,last_verified_at,notification_channels,can_pickup_student,notes,contact_id,call_order,custody_limits,may_consent,language,deleted_at,deleted_by,delete_reason ON emergency_contacts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:emergency_contacts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'EMERGENCY_CONTACT', 'emergency_contacts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'emergency_contacts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('first_name',OLD.first_name,NEW.first_name),('last_name',OLD.last_name,NEW.last_name),('relationship',OLD.relationship,NEW.relationship),('phone_number',OLD.phone_number,NEW.phone_number),('email',OLD.email,NEW.email),('address',OLD.address,NEW.address),('priority',OLD.priority,NEW.priority),('is_active',OLD.is_active,NEW.is_active),('preferred_contact_method',OLD.preferred_contact_method,NEW.preferred_contact_method),('verification_status',OLD.verification_status,NEW.verification_status),('last_verified_at',OLD.last_verified_at,NEW.last_verified_at),('notification_channels',OLD.notification_channels,NEW.notification_channels),('can_pickup_student',OLD.can_pickup_student,NEW.can_pickup_student),('notes',OLD.notes,NEW.notes),('contact_id',OLD.contact_id,NEW.contact_id),('call_order',OLD.call_order,NEW.call_order),('custody_limits',OLD.custody_limits,NEW.custody_limits),('may_consent',OLD.may_consent,NEW.may_consent),('language',OLD.language,NEW.language),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE emergency_contacts SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_emergency_contacts BEFORE DELETE ON emergency_contacts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:emergency_contacts');
END
-- end
CREATE TRIGGER key_change_emergency_contacts BEFORE UPDATE OF id ON emergency_contacts
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:emergency_contacts');
END
-- end
CREATE TRIGGER capture_insert_budget_transactions AFTER INSERT ON budget_transactions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:budget_transactions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'BUDGET_TRANSACTION', 'budget_transactions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'budget_transactions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('category_id',NEW.category_id),('amount',NEW.amount),('description',NEW.description),('transaction_date',NEW.transaction_date),('reference_id',NEW.reference_id),('reference_type',NEW.reference_type),('notes',NEW.notes),('currency',NEW.currency),('supersedes_id',NEW.supersedes_id),('revision',NEW.revision),('entry_kind',NEW.entry_kind),('correction_reason',NEW.correction_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE budget_transactions SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_budget_transactions AFTER UPDATE OF category_id,amount,description,transaction_date,reference_id,reference_type,notes,currency,supersedes_id,revision,entry_kind,correction_reason ON budget_transactions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:budget_transactions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'UPDATE', 'BUDGET_TRANSACTION', 'budget_transactions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'budget_transactions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('category_id',OLD.category_id,NEW.category_id),('amount',OLD.amount,NEW.amount),('description',OLD.description,NEW.description),('transaction_date',OLD.transaction_date,NEW.transaction_date),('reference_id',OLD.reference_id,NEW.reference_id),('reference_type',OLD.reference_type,NEW.reference_type),('notes',OLD.notes,NEW.notes),('currency',OLD.currency,NEW.currency),('supersedes_id',OLD.supersedes_id,NEW.supersedes_id),('revision',OLD.revision,NEW.revision),('entry_kind',OLD.entry_kind,NEW.entry_kind),('correction_reason',OLD.correction_reason,NEW.correction_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR 'UPDATE' = 'INSERT';
  UPDATE budget_transactions SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_budget_transactions BEFORE DELETE ON budget_transactions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:budget_transactions');
END
-- end
CREATE TRIGGER key_change_budget_transactions BEFORE UPDATE OF id ON budget_transactions
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:budget_transactions');
END
-- end
CREATE TRIGGER append_only_budget_transactions BEFORE UPDATE ON budget_transactions
WHEN (OLD.category_id,OLD.amount,OLD.description,OLD.transaction_date,OLD.reference_id,OLD.reference_type,OLD.notes,OLD.currency,OLD.supersedes_id,OLD.revision,OLD.entry_kind,OLD.correction_reason) IS NOT (NEW.category_id,NEW.amount,NEW.description,NEW.transaction_date,NEW.reference_id,NEW.reference_type,NEW.notes,NEW.currency,NEW.supersedes_id,NEW.revision,NEW.entry_kind,NEW.correction_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:append_only:budget_transactions');
END
-- end
CREATE TRIGGER capture_insert_attachments AFTER INSERT ON attachments
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:attachments') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'ATTACHMENT', 'attachments', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'attachments' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('school_id',NEW.school_id),('kind',NEW.kind),('subject_table',NEW.subject_table),('subject_id',NEW.subject_id),('file_name',NEW.file_name),('media_type',NEW.media_type),('size_bytes',NEW.size_bytes),('content_hash',NEW.content_hash),('wrapped_key',CASE WHEN NEW.wrapped_key IS NOT NULL THEN hex(NEW.wrapped_key) END),('key_destroyed_at',NEW.key_destroyed_at),('captured_at',NEW.captured_at),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE attachments SET scope_id = coalesce(NEW.student_id, coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_attachments AFTER UPDATE OF student_id,school_id,kind,subject_table,subject_id,file_name,media_type,size_bytes,content_hash,wrapped_key,key_destroyed_at,captured_at,deleted_at,deleted_by,delete_reason ON attachments
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:attachments') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'ATTACHMENT', 'attachments', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'attachments' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('school_id',OLD.school_id,NEW.school_id),('kind',OLD.kind,NEW.kind),('subject_table',OLD.subject_table,NEW.subject_table),('subject_id',OLD.subject_id,NEW.subject_id),('file_name',OLD.file_name,NEW.file_name),('media_type',OLD.media_type,NEW.media_type),('size_bytes',OLD.size_bytes,NEW.size_bytes),('content_hash',OLD.content_hash,NEW.content_hash),('wrapped_key',CASE WHEN OLD.wrapped_key IS NOT NULL THEN hex(OLD.wrapped_key) END,CASE WHEN NEW.wrapped_key IS NOT NULL THEN hex(NEW.wrapped_key) END),('key_destroyed_at',OLD.key_destroyed_at,NEW.key_destroyed_at),('captured_at',OLD.captured_at,NEW.captured_at),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE attachments SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_attachments BEFORE DELETE ON attachments
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:attachments');
END
-- end
CREATE TRIGGER key_change_attachments BEFORE UPDATE OF id ON attachments
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:attachments');
END
-- end
CREATE TRIGGER capture_insert_clinic_visits AFTER INSERT ON clinic_visits
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:clinic_visits') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'CLINIC_VISIT', 'clinic_visits', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'clinic_visits' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('check_in_time',NEW.check_in_time),('check_out_time',NEW.check_out_time),('reason_for_visit',NEW.reason_for_visit),('symptoms',NEW.symptoms),('treatment',NEW.treatment),('disposition',NEW.disposition),('classes_missed',NEW.classes_missed),('minutes_missed',NEW.minutes_missed),('attended_by',NEW.attended_by),('notes',NEW.notes),('school_id',NEW.school_id),('zone_offset_minutes',NEW.zone_offset_minutes),('complaints',NEW.complaints),('template_code',NEW.template_code),('findings',NEW.findings),('interventions',NEW.interventions),('brought_by',NEW.brought_by),('brought_by_name',NEW.brought_by_name),('disposition_reason',NEW.disposition_reason),('released_to_name',NEW.released_to_name),('released_to_contact_id',NEW.released_to_contact_id),('arrival_priority',NEW.arrival_priority),('source',NEW.source),('recorded_at',NEW.recorded_at),('lease_expired',NEW.lease_expired),('co_reviewed_by',NEW.co_reviewed_by),('co_reviewed_at',NEW.co_reviewed_at),('signed_at',NEW.signed_at),('signed_by',NEW.signed_by),('amends_id',NEW.amends_id),('amendment_reason',NEW.amendment_reason),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE clinic_visits SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_clinic_visits AFTER UPDATE OF student_id,check_in_time,check_out_time,reason_for_visit,symptoms,treatment,disposition,classes_missed,minutes_missed,attended_by,notes,school_id,zone_offset_minutes,complaints,template_code,findings,interventions,brought_by,brought_by_name,disposition_reason,released_to_name,released_to_contact_id,arrival_priority,source,recorded_at,lease_expired,co_reviewed_by,co_reviewed_at,signed_at,signed_by,amends_id,amendment_reason,deleted_at,deleted_by,delete_reason ON clinic_visits
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:clinic_visits') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END, 'CLINIC_VISIT', 'clinic_visits', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'clinic_visits' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('check_in_time',OLD.check_in_time,NEW.check_in_time),('check_out_time',OLD.check_out_time,NEW.check_out_time),('reason_for_visit',OLD.reason_for_visit,NEW.reason_for_visit),('symptoms',OLD.symptoms,NEW.symptoms),('treatment',OLD.treatment,NEW.treatment),('disposition',OLD.disposition,NEW.disposition),('classes_missed',OLD.classes_missed,NEW.classes_missed),('minutes_missed',OLD.minutes_missed,NEW.minutes_missed),('attended_by',OLD.attended_by,NEW.attended_by),('notes',OLD.notes,NEW.notes),('school_id',OLD.school_id,NEW.school_id),('zone_offset_minutes',OLD.zone_offset_minutes,NEW.zone_offset_minutes),('complaints',OLD.complaints,NEW.complaints),('template_code',OLD.template_code,NEW.template_code),('findings',OLD.findings,NEW.findings),('interventions',OLD.interventions,NEW.interventions),('brought_by',OLD.brought_by,NEW.brought_by),('brought_by_name',OLD.brought_by_name,NEW.brought_by_name),('disposition_reason',OLD.disposition_reason,NEW.disposition_reason),('released_to_name',OLD.released_to_name,NEW.released_to_name),('released_to_contact_id',OLD.released_to_contact_id,NEW.released_to_contact_id),('arrival_priority',OLD.arrival_priority,NEW.arrival_priority),('source',OLD.source,NEW.source),('recorded_at',OLD.recorded_at,NEW.recorded_at),('lease_expired',OLD.lease_expired,NEW.lease_expired),('co_reviewed_by',OLD.co_reviewed_by,NEW.co_reviewed_by),('co_reviewed_at',OLD.co_reviewed_at,NEW.co_reviewed_at),('signed_at',OLD.signed_at,NEW.signed_at),('signed_by',OLD.signed_by,NEW.signed_by),('amends_id',OLD.amends_id,NEW.amends_id),('amendment_reason',OLD.amendment_reason,NEW.amendment_reason),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END = 'INSERT';
  UPDATE clinic_visits SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_clinic_visits BEFORE DELETE ON clinic_visits
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:clinic_visits');
END
-- end
CREATE TRIGGER key_change_clinic_visits BEFORE UPDATE OF id ON clinic_visits
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:clinic_visits');
END
-- end
CREATE TRIGGER sealed_row_clinic_visits BEFORE UPDATE ON clinic_visits
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION') AND OLD.signed_at IS NOT NULL AND (OLD.student_id,OLD.check_in_time,OLD.check_out_time,OLD.reason_for_visit,OLD.symptoms,OLD.treatment,OLD.disposition,OLD.classes_missed,OLD.minutes_missed,OLD.attended_by,OLD.notes,OLD.school_id,OLD.zone_offset_minutes,OLD.complaints,OLD.template_code,OLD.findings,OLD.interventions,OLD.brought_by,OLD.brought_by_name,OLD.disposition_reason,OLD.released_to_name,OLD.released_to_contact_id,OLD.arrival_priority,OLD.source,OLD.recorded_at,OLD.lease_expired,OLD.signed_at,OLD.signed_by,OLD.amends_id,OLD.amendment_reason,OLD.deleted_at,OLD.deleted_by,OLD.delete_reason) IS NOT (NEW.student_id,NEW.check_in_time,NEW.check_out_time,NEW.reason_for_visit,NEW.symptoms,NEW.treatment,NEW.disposition,NEW.classes_missed,NEW.minutes_missed,NEW.attended_by,NEW.notes,NEW.school_id,NEW.zone_offset_minutes,NEW.complaints,NEW.template_code,NEW.findings,NEW.interventions,NEW.brought_by,NEW.brought_by_name,NEW.disposition_reason,NEW.released_to_name,NEW.released_to_contact_id,NEW.arrival_priority,NEW.source,NEW.recorded_at,NEW.lease_expired,NEW.signed_at,NEW.signed_by,NEW.amends_id,NEW.amendment_reason,NEW.deleted_at,NEW.deleted_by,NEW.delete_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:signed_row:clinic_visits');
END
-- end
CREATE TRIGGER capture_insert_messages AFTER INSERT ON messages
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:messages') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'MESSAGE', 'messages', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'messages' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('subject',NEW.subject),('content',NEW.content),('priority',NEW.priority),('category',NEW.category),('scheduled_at',NEW.scheduled_at),('attachments',NEW.attachments),('sender_id',NEW.sender_id),('template_id',NEW.template_id),('school_id',NEW.school_id),('recipients',NEW.recipients),('sent_at',NEW.sent_at),('supersedes_id',NEW.supersedes_id),('revision',NEW.revision),('entry_kind',NEW.entry_kind),('correction_reason',NEW.correction_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE messages SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_messages AFTER UPDATE OF subject,content,priority,category,scheduled_at,attachments,sender_id,template_id,school_id,recipients,sent_at,supersedes_id,revision,entry_kind,correction_reason ON messages
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:messages') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'UPDATE', 'MESSAGE', 'messages', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'messages' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('subject',OLD.subject,NEW.subject),('content',OLD.content,NEW.content),('priority',OLD.priority,NEW.priority),('category',OLD.category,NEW.category),('scheduled_at',OLD.scheduled_at,NEW.scheduled_at),('attachments',OLD.attachments,NEW.attachments),('sender_id',OLD.sender_id,NEW.sender_id),('template_id',OLD.template_id,NEW.template_id),('school_id',OLD.school_id,NEW.school_id),('recipients',OLD.recipients,NEW.recipients),('sent_at',OLD.sent_at,NEW.sent_at),('supersedes_id',OLD.supersedes_id,NEW.supersedes_id),('revision',OLD.revision,NEW.revision),('entry_kind',OLD.entry_kind,NEW.entry_kind),('correction_reason',OLD.correction_reason,NEW.correction_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR 'UPDATE' = 'INSERT';
  UPDATE messages SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_messages BEFORE DELETE ON messages
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:messages');
END
-- end
CREATE TRIGGER key_change_messages BEFORE UPDATE OF id ON messages
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:messages');
END
-- end
CREATE TRIGGER append_only_messages BEFORE UPDATE ON messages
WHEN (OLD.subject,OLD.content,OLD.priority,OLD.category,OLD.scheduled_at,OLD.attachments,OLD.sender_id,OLD.template_id,OLD.school_id,OLD.recipients,OLD.sent_at,OLD.supersedes_id,OLD.revision,OLD.entry_kind,OLD.correction_reason) IS NOT (NEW.subject,NEW.content,NEW.priority,NEW.category,NEW.scheduled_at,NEW.attachments,NEW.sender_id,NEW.template_id,NEW.school_id,NEW.recipients,NEW.sent_at,NEW.supersedes_id,NEW.revision,NEW.entry_kind,NEW.correction_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:append_only:messages');
END
-- end
CREATE TRIGGER capture_insert_compliance_checklist_items AFTER INSERT ON compliance_checklist_items
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:compliance_checklist_items') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'COMPLIANCE_CHECKLIST_ITEM', 'compliance_checklist_items', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'compliance_checklist_items' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('requirement',NEW.requirement),('description',NEW.description),('category',NEW.category),('status',NEW.status),('evidence',NEW.evidence),('notes',NEW.notes),('due_date',NEW.due_date),('completed_at',NEW.completed_at),('completed_by',NEW.completed_by),('report_id',NEW.report_id),('school_id',NEW.school_id),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE compliance_checklist_items SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_compliance_checklist_items AFTER UPDATE OF requirement,description,category,status,evidence,notes,due_date,completed_at,completed_by,report_id,school_id,deleted_at,deleted_by,delete_reason ON compliance_checklist_items
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:compliance_checklist_items') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'COMPLIANCE_CHECKLIST_ITEM', 'compliance_checklist_items', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'compliance_checklist_items' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('requirement',OLD.requirement,NEW.requirement),('description',OLD.description,NEW.description),('category',OLD.category,NEW.category),('status',OLD.status,NEW.status),('evidence',OLD.evidence,NEW.evidence),('notes',OLD.notes,NEW.notes),('due_date',OLD.due_date,NEW.due_date),('completed_at',OLD.completed_at,NEW.completed_at),('completed_by',OLD.completed_by,NEW.completed_by),('report_id',OLD.report_id,NEW.report_id),('school_id',OLD.school_id,NEW.school_id),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE compliance_checklist_items SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_compliance_checklist_items BEFORE DELETE ON compliance_checklist_items
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:compliance_checklist_items');
END
-- end
CREATE TRIGGER key_change_compliance_checklist_items BEFORE UPDATE OF id ON compliance_checklist_items
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:compliance_checklist_items');
END
-- end
CREATE TRIGGER capture_insert_policy_acknowledgments AFTER INSERT ON policy_acknowledgments
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:policy_acknowledgments') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'POLICY_ACKNOWLEDGMENT', 'policy_acknowledgments', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'policy_acknowledgments' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('policy_id',NEW.policy_id),('user_id',NEW.user_id),('acknowledged_at',NEW.acknowledged_at),('ip_address',NEW.ip_address),('policy_version',NEW.policy_version),('supersedes_id',NEW.supersedes_id),('revision',NEW.revision),('entry_kind',NEW.entry_kind),('correction_reason',NEW.correction_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE policy_acknowledgments SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_policy_acknowledgments AFTER UPDATE OF policy_id,user_id,acknowledged_at,ip_address,policy_version,supersedes_id,revision,entry_kind,correction_reason ON policy_acknowledgments
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:policy_acknowledgments') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'UPDATE', 'POLICY_ACKNOWLEDGMENT', 'policy_acknowledgments', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'policy_acknowledgments' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('policy_id',OLD.policy_id,NEW.policy_id),('user_id',OLD.user_id,NEW.user_id),('acknowledged_at',OLD.acknowledged_at,NEW.acknowledged_at),('ip_address',OLD.ip_address,NEW.ip_address),('policy_version',OLD.policy_version,NEW.policy_version),('supersedes_id',OLD.supersedes_id,NEW.supersedes_id),('revision',OLD.revision,NEW.revision),('entry_kind',OLD.entry_kind,NEW.entry_kind),('correction_reason',OLD.correction_reason,NEW.correction_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR 'UPDATE' = 'INSERT';
  UPDATE policy_acknowledgments SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_policy_acknowledgments BEFORE DELETE ON policy_acknowledgments
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:policy_acknowledgments');
END
-- end
CREATE TRIGGER key_change_policy_acknowledgments BEFORE UPDATE OF id ON policy_acknowledgments
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:policy_acknowledgments');
END
-- end
CREATE TRIGGER append_only_policy_acknowledgments BEFORE UPDATE ON policy_acknowledgments
WHEN (OLD.policy_id,OLD.user_id,OLD.acknowledged_at,OLD.ip_address,OLD.policy_version,OLD.supersedes_id,OLD.revision,OLD.entry_kind,OLD.correction_reason) IS NOT (NEW.policy_id,NEW.user_id,NEW.acknowledged_at,NEW.ip_address,NEW.policy_version,NEW.supersedes_id,NEW.revision,NEW.entry_kind,NEW.correction_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:append_only:policy_acknowledgments');
END
-- end
CREATE TRIGGER capture_insert_remediation_actions AFTER INSERT ON remediation_actions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:remediation_actions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'REMEDIATION_ACTION', 'remediation_actions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'remediation_actions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('violation_id',NEW.violation_id),('action',NEW.action),('priority',NEW.priority),('status',NEW.status),('assigned_to',NEW.assigned_to),('due_date',NEW.due_date),('implementation_notes',NEW.implementation_notes),('verification_notes',NEW.verification_notes),('completed_at',NEW.completed_at),('verified_by',NEW.verified_by),('verified_at',NEW.verified_at),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE remediation_actions SET scope_id = (SELECT scope_id FROM compliance_violations WHERE id = NEW.violation_id)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_remediation_actions AFTER UPDATE OF violation_id,action,priority,status,assigned_to,due_date,implementation_notes,verification_notes,completed_at,verified_by,verified_at,deleted_at,deleted_by,delete_reason ON remediation_actions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:remediation_actions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'REMEDIATION_ACTION', 'remediation_actions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'remediation_actions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('violation_id',OLD.violation_id,NEW.violation_id),('action',OLD.action,NEW.action),('priority',OLD.priority,NEW.priority),('status',OLD.status,NEW.status),('assigned_to',OLD.assigned_to,NEW.assigned_to),('due_date',OLD.due_date,NEW.due_date),('implementation_notes',OLD.implementation_notes,NEW.implementation_notes),('verification_notes',OLD.verification_notes,NEW.verification_notes),('completed_at',OLD.completed_at,NEW.completed_at),('verified_by',OLD.verified_by,NEW.verified_by),('verified_at',OLD.verified_at,NEW.verified_at),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE remediation_actions SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_remediation_actions BEFORE DELETE ON remediation_actions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:remediation_actions');
END
-- end
CREATE TRIGGER key_change_remediation_actions BEFORE UPDATE OF id ON remediation_actions
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:remediation_actions');
END
-- end
CREATE TRIGGER capture_insert_phi_disclosures AFTER INSERT ON phi_disclosures
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:phi_disclosures') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'PHI_DISCLOSURE', 'phi_disclosures', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'phi_disclosures' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('disclosure_type',NEW.disclosure_type),('purpose',NEW.purpose),('method',NEW.method),('disclosure_date',NEW.disclosure_date),('information_disclosed',NEW.information_disclosed),('minimum_necessary',NEW.minimum_necessary),('recipient_type',NEW.recipient_type),('recipient_name',NEW.recipient_name),('recipient_organization',NEW.recipient_organization),('recipient_address',NEW.recipient_address),('recipient_phone',NEW.recipient_phone),('recipient_email',NEW.recipient_email),('authorization_obtained',NEW.authorization_obtained),('authorization_date',NEW.authorization_date),('authorization_expiry_date',NEW.authorization_expiry_date),('patient_requested',NEW.patient_requested),('disclosed_by',NEW.disclosed_by),('follow_up_required',NEW.follow_up_required),('follow_up_completed',NEW.follow_up_completed),('follow_up_date',NEW.follow_up_date),('notes',NEW.notes),('signed_at',NEW.signed_at),('signed_by',NEW.signed_by),('amends_id',NEW.amends_id),('amendment_reason',NEW.amendment_reason),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE phi_disclosures SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_phi_disclosures AFTER UPDATE OF student_id,disclosure_type,purpose,method,disclosure_date,information_disclosed,minimum_necessary,recipient_type,recipient_name,recipient_organization,recipient_address,recipient_phone,recipient_email,authorization_obtained,authorization_date,authorization_expiry_date,patient_requested,disclosed_by,follow_up_required,follow_up_completed,follow_up_date,notes,signed_at,signed_by,amends_id,amendment_reason,deleted_at,deleted_by,delete_reason ON phi_disclosures
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:phi_disclosures') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END, 'PHI_DISCLOSURE', 'phi_disclosures', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'phi_disclosures' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('disclosure_type',OLD.disclosure_type,NEW.disclosure_type),('purpose',OLD.purpose,NEW.purpose),('method',OLD.method,NEW.method),('disclosure_date',OLD.disclosure_date,NEW.disclosure_date),('information_disclosed',OLD.information_disclosed,NEW.information_disclosed),('minimum_necessary',OLD.minimum_necessary,NEW.minimum_necessary),('recipient_type',OLD.recipient_type,NEW.recipient_type),('recipient_name',OLD.recipient_name,NEW.recipient_name),('recipient_organization',OLD.recipient_organization,NEW.recipient_organization),('recipient_address',OLD.recipient_address,NEW.recipient_address),('recipient_phone',OLD.recipient_phone,NEW.recipient_phone),('recipient_email',OLD.recipient_email,NEW.recipient_email),('authorization_obtained',OLD.authorization_obtained,NEW.authorization_obtained),('authorization_date',OLD.authorization_date,NEW.authorization_date),('authorization_expiry_date',OLD.authorization_expiry_date,NEW.authorization_expiry_date),('patient_requested',OLD.patient_requested,NEW.patient_requested),('disclosed_by',OLD.disclosed_by,NEW.disclosed_by),('follow_up_required',OLD.follow_up_required,NEW.follow_up_required),('follow_up_completed',OLD.follow_up_completed,NEW.follow_up_completed),('follow_up_date',OLD.follow_up_date,NEW.follow_up_date),('notes',OLD.notes,NEW.notes),('signed_at',OLD.signed_at,NEW.signed_at),('signed_by',OLD.signed_by,NEW.signed_by),('amends_id',OLD.amends_id,NEW.amends_id),('amendment_reason',OLD.amendment_reason,NEW.amendment_reason),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END = 'INSERT';
  UPDATE phi_disclosures SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_phi_disclosures BEFORE DELETE ON phi_disclosures
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:phi_disclosures');
END
-- end
CREATE TRIGGER key_change_phi_disclosures BEFORE UPDATE OF id ON phi_disclosures
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:phi_disclosures');
END
-- end
CREATE TRIGGER sealed_row_phi_disclosures BEFORE UPDATE ON phi_disclosures
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION') AND OLD.signed_at IS NOT NULL AND (OLD.student_id,OLD.disclosure_type,OLD.purpose,OLD.method,OLD.disclosure_date,OLD.information_disclosed,OLD.minimum_necessary,OLD.recipient_type,OLD.recipient_name,OLD.recipient_organization,OLD.recipient_address,OLD.recipient_phone,OLD.recipient_email,OLD.authorization_obtained,OLD.authorization_date,OLD.authorization_expiry_date,OLD.patient_requested,OLD.disclosed_by,OLD.notes,OLD.signed_at,OLD.signed_by,OLD.amends_id,OLD.amendment_reason,OLD.deleted_at,OLD.deleted_by,OLD.delete_reason) IS NOT (NEW.student_id,NEW.disclosure_type,NEW.purpose,NEW.method,NEW.disclosure_date,NEW.information_disclosed,NEW.minimum_necessary,NEW.recipient_type,NEW.recipient_name,NEW.recipient_organization,NEW.recipient_address,NEW.recipient_phone,NEW.recipient_email,NEW.authorization_obtained,NEW.authorization_date,NEW.authorization_expiry_date,NEW.patient_requested,NEW.disclosed_by,NEW.notes,NEW.signed_at,NEW.signed_by,NEW.amends_id,NEW.amendment_reason,NEW.deleted_at,NEW.deleted_by,NEW.delete_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:signed_row:phi_disclosures');
END
-- end
CREATE TRIGGER capture_insert_student_enrollments AFTER INSERT ON student_enrollments
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:student_enrollments') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'STUDENT_ENROLLMENT', 'student_enrollments', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'student_enrollments' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('school_id',NEW.school_id),('is_primary',NEW.is_primary),('starts_on',NEW.starts_on),('ends_on',NEW.ends_on),('status',NEW.status),('grade',NEW.grade),('sourced_id',NEW.sourced_id),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE student_enrollments SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_student_enrollments AFTER UPDATE OF student_id,school_id,is_primary,starts_on,ends_on,status,grade,sourced_id,deleted_at,deleted_by,delete_reason ON student_enrollments
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:student_enrollments') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'STUDENT_ENROLLMENT', 'student_enrollments', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'student_enrollments' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('school_id',OLD.school_id,NEW.school_id),('is_primary',OLD.is_primary,NEW.is_primary),('starts_on',OLD.starts_on,NEW.starts_on),('ends_on',OLD.ends_on,NEW.ends_on),('status',OLD.status,NEW.status),('grade',OLD.grade,NEW.grade),('sourced_id',OLD.sourced_id,NEW.sourced_id),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE student_enrollments SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_student_enrollments BEFORE DELETE ON student_enrollments
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:student_enrollments');
END
-- end
CREATE TRIGGER key_change_student_enrollments BEFORE UPDATE OF id ON student_enrollments
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:student_enrollments');
END
-- end
CREATE TRIGGER capture_insert_appointments AFTER INSERT ON appointments
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:appointments') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'APPOINTMENT', 'appointments', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'appointments' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('nurse_id',NEW.nurse_id),('type',NEW.type),('scheduled_at',NEW.scheduled_at),('duration',NEW.duration),('status',NEW.status),('reason',NEW.reason),('notes',NEW.notes),('recurring_group_id',NEW.recurring_group_id),('recurring_frequency',NEW.recurring_frequency),('recurring_end_date',NEW.recurring_end_date),('school_id',NEW.school_id),('cancellation_reason',NEW.cancellation_reason),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE appointments SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_appointments AFTER UPDATE OF student_id,nurse_id,type,scheduled_at,duration,status,reason,notes,recurring_group_id,recurring_frequency,recurring_end_date,school_id,cancellation_reason,deleted_at,deleted_by,delete_reason ON appointments
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:appointments') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'APPOINTMENT', 'appointments', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'appointments' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('nurse_id',OLD.nurse_id,NEW.nurse_id),('type',OLD.type,NEW.type),('scheduled_at',OLD.scheduled_at,NEW.scheduled_at),('duration',OLD.duration,NEW.duration),('status',OLD.status,NEW.status),('reason',OLD.reason,NEW.reason),('notes',OLD.notes,NEW.notes),('recurring_group_id',OLD.recurring_group_id,NEW.recurring_group_id),('recurring_frequency',OLD.recurring_frequency,NEW.recurring_frequency),('recurring_end_date',OLD.recurring_end_date,NEW.recurring_end_date),('school_id',OLD.school_id,NEW.school_id),('cancellation_reason',OLD.cancellation_reason,NEW.cancellation_reason),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE appointments SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_appointments BEFORE DELETE ON appointments
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:appointments');
END
-- end
CREATE TRIGGER key_change_appointments BEFORE UPDATE OF id ON appointments
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:appointments');
END
-- end
CREATE TRIGGER capture_insert_appointment_waitlist AFTER INSERT ON appointment_waitlist
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:appointment_waitlist') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'APPOINTMENT_WAITLIST', 'appointment_waitlist', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'appointment_waitlist' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('nurse_id',NEW.nurse_id),('type',NEW.type),('preferred_date',NEW.preferred_date),('duration',NEW.duration),('priority',NEW.priority),('reason',NEW.reason),('notes',NEW.notes),('status',NEW.status),('notified_at',NEW.notified_at),('expires_at',NEW.expires_at),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE appointment_waitlist SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_appointment_waitlist AFTER UPDATE OF student_id,nurse_id,type,preferred_date,duration,priority,reason,notes,status,notified_at,expires_at,deleted_at,deleted_by,delete_reason ON appointment_waitlist
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:appointment_waitlist') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'APPOINTMENT_WAITLIST', 'appointment_waitlist', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'appointment_waitlist' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('nurse_id',OLD.nurse_id,NEW.nurse_id),('type',OLD.type,NEW.type),('preferred_date',OLD.preferred_date,NEW.preferred_date),('duration',OLD.duration,NEW.duration),('priority',OLD.priority,NEW.priority),('reason',OLD.reason,NEW.reason),('notes',OLD.notes,NEW.notes),('status',OLD.status,NEW.status),('notified_at',OLD.notified_at,NEW.notified_at),('expires_at',OLD.expires_at,NEW.expires_at),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE appointment_waitlist SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_appointment_waitlist BEFORE DELETE ON appointment_waitlist
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:appointment_waitlist');
END
-- end
CREATE TRIGGER key_change_appointment_waitlist BEFORE UPDATE OF id ON appointment_waitlist
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:appointment_waitlist');
END
-- end
CREATE TRIGGER capture_insert_health_records AFTER INSERT ON health_records
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:health_records') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'HEALTH_RECORD', 'health_records', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'health_records' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('record_type',NEW.record_type),('title',NEW.title),('description',NEW.description),('record_date',NEW.record_date),('provider',NEW.provider),('provider_npi',NEW.provider_npi),('facility',NEW.facility),('facility_npi',NEW.facility_npi),('diagnosis',NEW.diagnosis),('diagnosis_code',NEW.diagnosis_code),('treatment',NEW.treatment),('follow_up_required',NEW.follow_up_required),('follow_up_date',NEW.follow_up_date),('follow_up_completed',NEW.follow_up_completed),('attachments',NEW.attachments),('metadata',NEW.metadata),('is_confidential',NEW.is_confidential),('notes',NEW.notes),('signed_at',NEW.signed_at),('signed_by',NEW.signed_by),('amends_id',NEW.amends_id),('amendment_reason',NEW.amendment_reason),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE health_records SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_health_records AFTER UPDATE OF student_id,record_type,title,description,record_date,provider,provider_npi,facility,facility_npi,diagnosis,diagnosis_code,treatment,follow_up_required,follow_up_date,follow_up_completed,attachments,metadata,is_confidential,notes,signed_at,signed_by,amends_id,amendment_reason,deleted_at,deleted_by,delete_reason ON health_records
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:health_records') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END, 'HEALTH_RECORD', 'health_records', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'health_records' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('record_type',OLD.record_type,NEW.record_type),('title',OLD.title,NEW.title),('description',OLD.description,NEW.description),('record_date',OLD.record_date,NEW.record_date),('provider',OLD.provider,NEW.provider),('provider_npi',OLD.provider_npi,NEW.provider_npi),('facility',OLD.facility,NEW.facility),('facility_npi',OLD.facility_npi,NEW.facility_npi),('diagnosis',OLD.diagnosis,NEW.diagnosis),('diagnosis_code',OLD.diagnosis_code,NEW.diagnosis_code),('treatment',OLD.treatment,NEW.treatment),('follow_up_required',OLD.follow_up_required,NEW.follow_up_required),('follow_up_date',OLD.follow_up_date,NEW.follow_up_date),('follow_up_completed',OLD.follow_up_completed,NEW.follow_up_completed),('attachments',OLD.attachments,NEW.attachments),('metadata',OLD.metadata,NEW.metadata),('is_confidential',OLD.is_confidential,NEW.is_confidential),('notes',OLD.notes,NEW.notes),('signed_at',OLD.signed_at,NEW.signed_at),('signed_by',OLD.signed_by,NEW.signed_by),('amends_id',OLD.amends_id,NEW.amends_id),('amendment_reason',OLD.amendment_reason,NEW.amendment_reason),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END = 'INSERT';
  UPDATE health_records SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_health_records BEFORE DELETE ON health_records
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:health_records');
END
-- end
CREATE TRIGGER key_change_health_records BEFORE UPDATE OF id ON health_records
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:health_records');
END
-- end
CREATE TRIGGER sealed_row_health_records BEFORE UPDATE ON health_records
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION') AND OLD.signed_at IS NOT NULL AND (OLD.student_id,OLD.record_type,OLD.title,OLD.description,OLD.record_date,OLD.provider,OLD.provider_npi,OLD.facility,OLD.facility_npi,OLD.diagnosis,OLD.diagnosis_code,OLD.treatment,OLD.attachments,OLD.metadata,OLD.is_confidential,OLD.notes,OLD.signed_at,OLD.signed_by,OLD.amends_id,OLD.amendment_reason,OLD.deleted_at,OLD.deleted_by,OLD.delete_reason) IS NOT (NEW.student_id,NEW.record_type,NEW.title,NEW.description,NEW.record_date,NEW.provider,NEW.provider_npi,NEW.facility,NEW.facility_npi,NEW.diagnosis,NEW.diagnosis_code,NEW.treatment,NEW.attachments,NEW.metadata,NEW.is_confidential,NEW.notes,NEW.signed_at,NEW.signed_by,NEW.amends_id,NEW.amendment_reason,NEW.deleted_at,NEW.deleted_by,NEW.delete_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:signed_row:health_records');
END
-- end
CREATE TRIGGER capture_insert_health_screenings AFTER INSERT ON health_screenings
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:health_screenings') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'HEALTH_SCREENING', 'health_screenings', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'health_screenings' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('screening_type',NEW.screening_type),('screening_date',NEW.screening_date),('results',NEW.results),('passed',NEW.passed),('notes',NEW.notes),('conducted_by',NEW.conducted_by),('zone_offset_minutes',NEW.zone_offset_minutes),('equipment',NEW.equipment),('retest_of_id',NEW.retest_of_id),('not_screened_reason',NEW.not_screened_reason),('referral_sent_at',NEW.referral_sent_at),('referral_outcome',NEW.referral_outcome),('signed_at',NEW.signed_at),('signed_by',NEW.signed_by),('amends_id',NEW.amends_id),('amendment_reason',NEW.amendment_reason),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE health_screenings SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_health_screenings AFTER UPDATE OF student_id,screening_type,screening_date,results,passed,notes,conducted_by,zone_offset_minutes,equipment,retest_of_id,not_screened_reason,referral_sent_at,referral_outcome,signed_at,signed_by,amends_id,amendment_reason,deleted_at,deleted_by,delete_reason ON health_screenings
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:health_screenings') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END, 'HEALTH_SCREENING', 'health_screenings', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'health_screenings' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('screening_type',OLD.screening_type,NEW.screening_type),('screening_date',OLD.screening_date,NEW.screening_date),('results',OLD.results,NEW.results),('passed',OLD.passed,NEW.passed),('notes',OLD.notes,NEW.notes),('conducted_by',OLD.conducted_by,NEW.conducted_by),('zone_offset_minutes',OLD.zone_offset_minutes,NEW.zone_offset_minutes),('equipment',OLD.equipment,NEW.equipment),('retest_of_id',OLD.retest_of_id,NEW.retest_of_id),('not_screened_reason',OLD.not_screened_reason,NEW.not_screened_reason),('referral_sent_at',OLD.referral_sent_at,NEW.referral_sent_at),('referral_outcome',OLD.referral_outcome,NEW.referral_outcome),('signed_at',OLD.signed_at,NEW.signed_at),('signed_by',OLD.signed_by,NEW.signed_by),('amends_id',OLD.amends_id,NEW.amends_id),('amendment_reason',OLD.amendment_reason,NEW.amendment_reason),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END = 'INSERT';
  UPDATE health_screenings SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_health_screenings BEFORE DELETE ON health_screenings
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:health_screenings');
END
-- end
CREATE TRIGGER key_change_health_screenings BEFORE UPDATE OF id ON health_screenings
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:health_screenings');
END
-- end
CREATE TRIGGER sealed_row_health_screenings BEFORE UPDATE ON health_screenings
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION') AND OLD.signed_at IS NOT NULL AND (OLD.student_id,OLD.screening_type,OLD.screening_date,OLD.results,OLD.passed,OLD.notes,OLD.conducted_by,OLD.zone_offset_minutes,OLD.equipment,OLD.retest_of_id,OLD.not_screened_reason,OLD.signed_at,OLD.signed_by,OLD.amends_id,OLD.amendment_reason,OLD.deleted_at,OLD.deleted_by,OLD.delete_reason) IS NOT (NEW.student_id,NEW.screening_type,NEW.screening_date,NEW.results,NEW.passed,NEW.notes,NEW.conducted_by,NEW.zone_offset_minutes,NEW.equipment,NEW.retest_of_id,NEW.not_screened_reason,NEW.signed_at,NEW.signed_by,NEW.amends_id,NEW.amendment_reason,NEW.deleted_at,NEW.deleted_by,NEW.delete_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:signed_row:health_screenings');
END
-- end
CREATE TRIGGER capture_insert_lab_results AFTER INSERT ON lab_results
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:lab_results') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'LAB_RESULTS', 'lab_results', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'lab_results' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('test_type',NEW.test_type),('test_name',NEW.test_name),('test_code',NEW.test_code),('ordered_date',NEW.ordered_date),('collection_date',NEW.collection_date),('result_date',NEW.result_date),('result',NEW.result),('result_value',NEW.result_value),('result_unit',NEW.result_unit),('reference_range',NEW.reference_range),('is_abnormal',NEW.is_abnormal),('abnormal_flags',NEW.abnormal_flags),('interpretation',NEW.interpretation),('status',NEW.status),('ordered_by',NEW.ordered_by),('ordered_by_name',NEW.ordered_by_name),('performed_by',NEW.performed_by),('performed_by_name',NEW.performed_by_name),('reviewed_by',NEW.reviewed_by),('reviewed_by_name',NEW.reviewed_by_name),('reviewed_date',NEW.reviewed_date),('lab_name',NEW.lab_name),('notes',NEW.notes),('flags_set_by_hand',NEW.flags_set_by_hand),('signed_at',NEW.signed_at),('signed_by',NEW.signed_by),('amends_id',NEW.amends_id),('amendment_reason',NEW.amendment_reason),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE lab_results SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_lab_results AFTER UPDATE OF student_id,test_type,test_name,test_code,ordered_date,collection_date,result_date,result,result_value,result_unit,reference_range,is_abnormal,abnormal_flags,interpretation,status,ordered_by,ordered_by_name,performed_by,performed_by_name,reviewed_by,reviewed_by_name,reviewed_date,lab_name,notes,flags_set_by_hand,signed_at,signed_by,amends_id,amendment_reason,deleted_at,deleted_by,delete_reason ON lab_results
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:lab_results') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END, 'LAB_RESULTS', 'lab_results', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'lab_results' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('test_type',OLD.test_type,NEW.test_type),('test_name',OLD.test_name,NEW.test_name),('test_code',OLD.test_code,NEW.test_code),('ordered_date',OLD.ordered_date,NEW.ordered_date),('collection_date',OLD.collection_date,NEW.collection_date),('result_date',OLD.result_date,NEW.result_date),('result',OLD.result,NEW.result),('result_value',OLD.result_value,NEW.result_value),('result_unit',OLD.result_unit,NEW.result_unit),('reference_range',OLD.reference_range,NEW.reference_range),('is_abnormal',OLD.is_abnormal,NEW.is_abnormal),('abnormal_flags',OLD.abnormal_flags,NEW.abnormal_flags),('interpretation',OLD.interpretation,NEW.interpretation),('status',OLD.status,NEW.status),('ordered_by',OLD.ordered_by,NEW.ordered_by),('ordered_by_name',OLD.ordered_by_name,NEW.ordered_by_name),('performed_by',OLD.performed_by,NEW.performed_by),('performed_by_name',OLD.performed_by_name,NEW.performed_by_name),('reviewed_by',OLD.reviewed_by,NEW.reviewed_by),('reviewed_by_name',OLD.reviewed_by_name,NEW.reviewed_by_name),('reviewed_date',OLD.reviewed_date,NEW.reviewed_date),('lab_name',OLD.lab_name,NEW.lab_name),('notes',OLD.notes,NEW.notes),('flags_set_by_hand',OLD.flags_set_by_hand,NEW.flags_set_by_hand),('signed_at',OLD.signed_at,NEW.signed_at),('signed_by',OLD.signed_by,NEW.signed_by),('amends_id',OLD.amends_id,NEW.amends_id),('amendment_reason',OLD.amendment_reason,NEW.amendment_reason),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END = 'INSERT';
  UPDATE lab_results SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_lab_results BEFORE DELETE ON lab_results
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:lab_results');
END
-- end
CREATE TRIGGER key_change_lab_results BEFORE UPDATE OF id ON lab_results
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:lab_results');
END
-- end
CREATE TRIGGER sealed_row_lab_results BEFORE UPDATE ON lab_results
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION') AND OLD.signed_at IS NOT NULL AND (OLD.student_id,OLD.test_type,OLD.test_name,OLD.test_code,OLD.ordered_date,OLD.collection_date,OLD.result_date,OLD.result,OLD.result_value,OLD.result_unit,OLD.reference_range,OLD.is_abnormal,OLD.abnormal_flags,OLD.ordered_by,OLD.ordered_by_name,OLD.performed_by,OLD.performed_by_name,OLD.lab_name,OLD.notes,OLD.flags_set_by_hand,OLD.signed_at,OLD.signed_by,OLD.amends_id,OLD.amendment_reason,OLD.deleted_at,OLD.deleted_by,OLD.delete_reason) IS NOT (NEW.student_id,NEW.test_type,NEW.test_name,NEW.test_code,NEW.ordered_date,NEW.collection_date,NEW.result_date,NEW.result,NEW.result_value,NEW.result_unit,NEW.reference_range,NEW.is_abnormal,NEW.abnormal_flags,NEW.ordered_by,NEW.ordered_by_name,NEW.performed_by,NEW.performed_by_name,NEW.lab_name,NEW.notes,NEW.flags_set_by_hand,NEW.signed_at,NEW.signed_by,NEW.amends_id,NEW.amendment_reason,NEW.deleted_at,NEW.deleted_by,NEW.delete_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:signed_row:lab_results');
END
-- end
CREATE TRIGGER capture_insert_treatment_plans AFTER INSERT ON treatment_plans
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:treatment_plans') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'TREATMENT_PLAN', 'treatment_plans', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'treatment_plans' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('diagnosis',NEW.diagnosis),('plan_details',NEW.plan_details),('start_date',NEW.start_date),('end_date',NEW.end_date),('status',NEW.status),('prescribed_by',NEW.prescribed_by),('prescribed_by_name',NEW.prescribed_by_name),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE treatment_plans SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_treatment_plans AFTER UPDATE OF student_id,diagnosis,plan_details,start_date,end_date,status,prescribed_by,prescribed_by_name,deleted_at,deleted_by,delete_reason ON treatment_plans
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:treatment_plans') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'TREATMENT_PLAN', 'treatment_plans', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'treatment_plans' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('diagnosis',OLD.diagnosis,NEW.diagnosis),('plan_details',OLD.plan_details,NEW.plan_details),('start_date',OLD.start_date,NEW.start_date),('end_date',OLD.end_date,NEW.end_date),('status',OLD.status,NEW.status),('prescribed_by',OLD.prescribed_by,NEW.prescribed_by),('prescribed_by_name',OLD.prescribed_by_name,NEW.prescribed_by_name),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE treatment_plans SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_treatment_plans BEFORE DELETE ON treatment_plans
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:treatment_plans');
END
-- end
CREATE TRIGGER key_change_treatment_plans BEFORE UPDATE OF id ON treatment_plans
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:treatment_plans');
END
-- end
CREATE TRIGGER refuse_delete_integration_logs BEFORE DELETE ON integration_logs
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:integration_logs');
END
-- end
CREATE TRIGGER key_change_integration_logs BEFORE UPDATE OF id ON integration_logs
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:integration_logs');
END
-- end
CREATE TRIGGER capture_insert_purchase_orders AFTER INSERT ON purchase_orders
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:purchase_orders') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'PURCHASE_ORDER', 'purchase_orders', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'purchase_orders' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('order_number',NEW.order_number),('vendor_id',NEW.vendor_id),('order_date',NEW.order_date),('expected_date',NEW.expected_date),('received_date',NEW.received_date),('subtotal',NEW.subtotal),('tax',NEW.tax),('shipping',NEW.shipping),('total',NEW.total),('status',NEW.status),('notes',NEW.notes),('school_id',NEW.school_id),('currency',NEW.currency),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE purchase_orders SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_purchase_orders AFTER UPDATE OF order_number,vendor_id,order_date,expected_date,received_date,subtotal,tax,shipping,total,status,notes,school_id,currency,deleted_at,deleted_by,delete_reason ON purchase_orders
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:purchase_orders') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'PURCHASE_ORDER', 'purchase_orders', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'purchase_orders' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('order_number',OLD.order_number,NEW.order_number),('vendor_id',OLD.vendor_id,NEW.vendor_id),('order_date',OLD.order_date,NEW.order_date),('expected_date',OLD.expected_date,NEW.expected_date),('received_date',OLD.received_date,NEW.received_date),('subtotal',OLD.subtotal,NEW.subtotal),('tax',OLD.tax,NEW.tax),('shipping',OLD.shipping,NEW.shipping),('total',OLD.total,NEW.total),('status',OLD.status,NEW.status),('notes',OLD.notes,NEW.notes),('school_id',OLD.school_id,NEW.school_id),('currency',OLD.currency,NEW.currency),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE purchase_orders SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_purchase_orders BEFORE DELETE ON purchase_orders
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:purchase_orders');
END
-- end
CREATE TRIGGER key_change_purchase_orders BEFORE UPDATE OF id ON purchase_orders
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:purchase_orders');
END
-- end
CREATE TRIGGER capture_insert_medications AFTER INSERT ON medications
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:medications') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'MEDICATION', 'medications', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'medications' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('name',NEW.name),('generic_name',NEW.generic_name),('dosage_form',NEW.dosage_form),('strength',NEW.strength),('manufacturer',NEW.manufacturer),('ndc',NEW.ndc),('is_controlled',NEW.is_controlled),('dea_schedule',NEW.dea_schedule),('requires_witness',NEW.requires_witness),('is_active',NEW.is_active),('drug_catalog_id',NEW.drug_catalog_id),('strength_amount',NEW.strength_amount),('strength_unit',NEW.strength_unit),('form_unit',NEW.form_unit),('default_route',NEW.default_route),('is_emergency',NEW.is_emergency),('tolerance_percent',NEW.tolerance_percent),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE medications SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_medications AFTER UPDATE OF name,generic_name,dosage_form,strength,manufacturer,ndc,is_controlled,dea_schedule,requires_witness,is_active,drug_catalog_id,strength_amount,strength_unit,form_unit,default_route,is_emergency,tolerance_percent,deleted_at,deleted_by,delete_reason ON medications
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:medications') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'MEDICATION', 'medications', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'medications' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('name',OLD.name,NEW.name),('generic_name',OLD.generic_name,NEW.generic_name),('dosage_form',OLD.dosage_form,NEW.dosage_form),('strength',OLD.strength,NEW.strength),('manufacturer',OLD.manufacturer,NEW.manufacturer),('ndc',OLD.ndc,NEW.ndc),('is_controlled',OLD.is_controlled,NEW.is_controlled),('dea_schedule',OLD.dea_schedule,NEW.dea_schedule),('requires_witness',OLD.requires_witness,NEW.requires_witness),('is_active',OLD.is_active,NEW.is_active),('drug_catalog_id',OLD.drug_catalog_id,NEW.drug_catalog_id),('strength_amount',OLD.strength_amount,NEW.strength_amount),('strength_unit',OLD.strength_unit,NEW.strength_unit),('form_unit',OLD.form_unit,NEW.form_unit),('default_route',OLD.default_route,NEW.default_route),('is_emergency',OLD.is_emergency,NEW.is_emergency),('tolerance_percent',OLD.tolerance_percent,NEW.tolerance_percent),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE medications SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_medications BEFORE DELETE ON medications
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:medications');
END
-- end
CREATE TRIGGER key_change_medications BEFORE UPDATE OF id ON medications
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:medications');
END
-- end
CREATE TRIGGER capture_insert_drug_interactions AFTER INSERT ON drug_interactions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:drug_interactions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'DRUG_INTERACTION', 'drug_interactions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'drug_interactions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('drug1_id',NEW.drug1_id),('drug2_id',NEW.drug2_id),('severity',NEW.severity),('description',NEW.description),('clinical_effects',NEW.clinical_effects),('management',NEW.management),('references',NEW."references"),('evidence_level',NEW.evidence_level),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE drug_interactions SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_drug_interactions AFTER UPDATE OF drug1_id,drug2_id,severity,description,clinical_effects,management,"references",evidence_level,deleted_at,deleted_by,delete_reason ON drug_interactions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:drug_interactions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'DRUG_INTERACTION', 'drug_interactions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'drug_interactions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('drug1_id',OLD.drug1_id,NEW.drug1_id),('drug2_id',OLD.drug2_id,NEW.drug2_id),('severity',OLD.severity,NEW.severity),('description',OLD.description,NEW.description),('clinical_effects',OLD.clinical_effects,NEW.clinical_effects),('management',OLD.management,NEW.management),('references',OLD."references",NEW."references"),('evidence_level',OLD.evidence_level,NEW.evidence_level),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE drug_interactions SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_drug_interactions BEFORE DELETE ON drug_interactions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:drug_interactions');
END
-- end
CREATE TRIGGER key_change_drug_interactions BEFORE UPDATE OF id ON drug_interactions
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:drug_interactions');
END
-- end
CREATE TRIGGER capture_insert_report_schedules AFTER INSERT ON report_schedules
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:report_schedules') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'REPORT_SCHEDULE', 'report_schedules', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'report_schedules' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('name',NEW.name),('report_type',NEW.report_type),('template_id',NEW.template_id),('frequency',NEW.frequency),('cron_expression',NEW.cron_expression),('output_format',NEW.output_format),('parameters',NEW.parameters),('recipients',NEW.recipients),('is_active',NEW.is_active),('school_id',NEW.school_id),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE report_schedules SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_report_schedules AFTER UPDATE OF name,report_type,template_id,frequency,cron_expression,output_format,parameters,recipients,is_active,school_id,deleted_at,deleted_by,delete_reason ON report_schedules
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:report_schedules') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'REPORT_SCHEDULE', 'report_schedules', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'report_schedules' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('name',OLD.name,NEW.name),('report_type',OLD.report_type,NEW.report_type),('template_id',OLD.template_id,NEW.template_id),('frequency',OLD.frequency,NEW.frequency),('cron_expression',OLD.cron_expression,NEW.cron_expression),('output_format',OLD.output_format,NEW.output_format),('parameters',OLD.parameters,NEW.parameters),('recipients',OLD.recipients,NEW.recipients),('is_active',OLD.is_active,NEW.is_active),('school_id',OLD.school_id,NEW.school_id),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE report_schedules SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_report_schedules BEFORE DELETE ON report_schedules
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:report_schedules');
END
-- end
CREATE TRIGGER key_change_report_schedules BEFORE UPDATE OF id ON report_schedules
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:report_schedules');
END
-- end
CREATE TRIGGER refuse_delete_roster_import_rows BEFORE DELETE ON roster_import_rows
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:roster_import_rows');
END
-- end
CREATE TRIGGER key_change_roster_import_rows BEFORE UPDATE OF id ON roster_import_rows
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:roster_import_rows');
END
-- end
CREATE TRIGGER capture_insert_source_links AFTER INSERT ON source_links
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:source_links') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'SOURCE_LINK', 'source_links', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'source_links' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('source',NEW.source),('kind',NEW.kind),('sourced_id',NEW.sourced_id),('table_name',NEW.table_name),('row_id',NEW.row_id),('student_id',NEW.student_id),('school_id',NEW.school_id),('content_hash',NEW.content_hash),('last_import_id',NEW.last_import_id),('date_last_modified',NEW.date_last_modified),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE source_links SET scope_id = coalesce(NEW.student_id, coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_source_links AFTER UPDATE OF source,kind,sourced_id,table_name,row_id,student_id,school_id,content_hash,last_import_id,date_last_modified,deleted_at,deleted_by,delete_reason ON source_links
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:source_links') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'SOURCE_LINK', 'source_links', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'source_links' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('source',OLD.source,NEW.source),('kind',OLD.kind,NEW.kind),('sourced_id',OLD.sourced_id,NEW.sourced_id),('table_name',OLD.table_name,NEW.table_name),('row_id',OLD.row_id,NEW.row_id),('student_id',OLD.student_id,NEW.student_id),('school_id',OLD.school_id,NEW.school_id),('content_hash',OLD.content_hash,NEW.content_hash),('last_import_id',OLD.last_import_id,NEW.last_import_id),('date_last_modified',OLD.date_last_modified,NEW.date_last_modified),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE source_links SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_source_links BEFORE DELETE ON source_links
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:source_links');
END
-- end
CREATE TRIGGER key_change_source_links BEFORE UPDATE OF id ON source_links
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:source_links');
END
-- end
CREATE TRIGGER capture_insert_sis_sync_conflicts AFTER INSERT ON sis_sync_conflicts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:sis_sync_conflicts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'SIS_SYNC_CONFLICT', 'sis_sync_conflicts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'sis_sync_conflicts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('session_id',NEW.session_id),('student_id',NEW.student_id),('field',NEW.field),('local_value',NEW.local_value),('sis_value',NEW.sis_value),('resolution',NEW.resolution),('resolved_at',NEW.resolved_at),('resolved_by',NEW.resolved_by),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE sis_sync_conflicts SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_sis_sync_conflicts AFTER UPDATE OF session_id,student_id,field,local_value,sis_value,resolution,resolved_at,resolved_by,deleted_at,deleted_by,delete_reason ON sis_sync_conflicts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:sis_sync_conflicts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'SIS_SYNC_CONFLICT', 'sis_sync_conflicts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'sis_sync_conflicts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('session_id',OLD.session_id,NEW.session_id),('student_id',OLD.student_id,NEW.student_id),('field',OLD.field,NEW.field),('local_value',OLD.local_value,NEW.local_value),('sis_value',OLD.sis_value,NEW.sis_value),('resolution',OLD.resolution,NEW.resolution),('resolved_at',OLD.resolved_at,NEW.resolved_at),('resolved_by',OLD.resolved_by,NEW.resolved_by),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE sis_sync_conflicts SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_sis_sync_conflicts BEFORE DELETE ON sis_sync_conflicts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:sis_sync_conflicts');
END
-- end
CREATE TRIGGER key_change_sis_sync_conflicts BEFORE UPDATE OF id ON sis_sync_conflicts
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:sis_sync_conflicts');
END
-- end
CREATE TRIGGER capture_insert_sync_conflicts AFTER INSERT ON sync_conflicts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:sync_conflicts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'SYNC_CONFLICT', 'sync_conflicts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'sync_conflicts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('queue_item_id',NEW.queue_item_id),('entity_type',NEW.entity_type),('entity_id',NEW.entity_id),('client_version',NEW.client_version),('server_version',NEW.server_version),('resolution',NEW.resolution),('resolved_at',NEW.resolved_at),('resolved_by',NEW.resolved_by),('merged_data',NEW.merged_data),('status',NEW.status),('kind',NEW.kind),('table_name',NEW.table_name),('base_values',NEW.base_values),('fields',NEW.fields),('merge_group',NEW.merge_group),('student_id',NEW.student_id),('school_id',NEW.school_id),('other_entity_id',NEW.other_entity_id),('is_safety',NEW.is_safety),('device_id',NEW.device_id),('author_id',NEW.author_id),('authored_at',NEW.authored_at),('server_author_id',NEW.server_author_id),('server_changed_at',NEW.server_changed_at),('resolution_note',NEW.resolution_note),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE sync_conflicts SET scope_id = coalesce(NEW.student_id, coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_sync_conflicts AFTER UPDATE OF queue_item_id,entity_type,entity_id,client_version,server_version,resolution,resolved_at,resolved_by,merged_data,status,kind,table_name,base_values,fields,merge_group,student_id,school_id,other_entity_id,is_safety,device_id,author_id,authored_at,server_author_id,server_changed_at,resolution_note,deleted_at,deleted_by,delete_reason ON sync_conflicts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:sync_conflicts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'SYNC_CONFLICT', 'sync_conflicts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'sync_conflicts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('queue_item_id',OLD.queue_item_id,NEW.queue_item_id),('entity_type',OLD.entity_type,NEW.entity_type),('entity_id',OLD.entity_id,NEW.entity_id),('client_version',OLD.client_version,NEW.client_version),('server_version',OLD.server_version,NEW.server_version),('resolution',OLD.resolution,NEW.resolution),('resolved_at',OLD.resolved_at,NEW.resolved_at),('resolved_by',OLD.resolved_by,NEW.resolved_by),('merged_data',OLD.merged_data,NEW.merged_data),('status',OLD.status,NEW.status),('kind',OLD.kind,NEW.kind),('table_name',OLD.table_name,NEW.table_name),('base_values',OLD.base_values,NEW.base_values),('fields',OLD.fields,NEW.fields),('merge_group',OLD.merge_group,NEW.merge_group),('student_id',OLD.student_id,NEW.student_id),('school_id',OLD.school_id,NEW.school_id),('other_entity_id',OLD.other_entity_id,NEW.other_entity_id),('is_safety',OLD.is_safety,NEW.is_safety),('device_id',OLD.device_id,NEW.device_id),('author_id',OLD.author_id,NEW.author_id),('authored_at',OLD.authored_at,NEW.authored_at),('server_author_id',OLD.server_author_id,NEW.server_author_id),('server_changed_at',OLD.server_changed_at,NEW.server_changed_at),('resolution_note',OLD.resolution_note,NEW.resolution_note),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE sync_conflicts SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_sync_conflicts BEFORE DELETE ON sync_conflicts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:sync_conflicts');
END
-- end
CREATE TRIGGER key_change_sync_conflicts BEFORE UPDATE OF id ON sync_conflicts
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:sync_conflicts');
END
-- end
CREATE TRIGGER refuse_delete_sync_sessions BEFORE DELETE ON sync_sessions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:sync_sessions');
END
-- end
CREATE TRIGGER key_change_sync_sessions BEFORE UPDATE OF id ON sync_sessions
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:sync_sessions');
END
-- end
CREATE TRIGGER capture_insert_suppliers AFTER INSERT ON suppliers
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:suppliers') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'SUPPLIER', 'suppliers', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'suppliers' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('name',NEW.name),('contact_name',NEW.contact_name),('email',NEW.email),('phone',NEW.phone),('address',NEW.address),('is_active',NEW.is_active),('vendor_id',NEW.vendor_id),('item_number',NEW.item_number),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE suppliers SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_suppliers AFTER UPDATE OF name,contact_name,email,phone,address,is_active,vendor_id,item_number,deleted_at,deleted_by,delete_reason ON suppliers
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:suppliers') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'SUPPLIER', 'suppliers', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'suppliers' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('name',OLD.name,NEW.name),('contact_name',OLD.contact_name,NEW.contact_name),('email',OLD.email,NEW.email),('phone',OLD.phone,NEW.phone),('address',OLD.address,NEW.address),('is_active',OLD.is_active,NEW.is_active),('vendor_id',OLD.vendor_id,NEW.vendor_id),('item_number',OLD.item_number,NEW.item_number),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE suppliers SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_suppliers BEFORE DELETE ON suppliers
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:suppliers');
END
-- end
CREATE TRIGGER key_change_suppliers BEFORE UPDATE OF id ON suppliers
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:suppliers');
END
-- end
CREATE TRIGGER refuse_delete_threat_detections BEFORE DELETE ON threat_detections
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:threat_detections');
END
-- end
CREATE TRIGGER key_change_threat_detections BEFORE UPDATE OF id ON threat_detections
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:threat_detections');
END
-- end
CREATE TRIGGER capture_insert_training_completions AFTER INSERT ON training_completions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:training_completions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'TRAINING_COMPLETION', 'training_completions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'training_completions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('training_module_id',NEW.training_module_id),('user_id',NEW.user_id),('completed_on',NEW.completed_on),('expires_on',NEW.expires_on),('module_version',NEW.module_version),('score',NEW.score),('recorded_by',NEW.recorded_by),('medication_id',NEW.medication_id),('supersedes_id',NEW.supersedes_id),('revision',NEW.revision),('entry_kind',NEW.entry_kind),('correction_reason',NEW.correction_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE training_completions SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_training_completions AFTER UPDATE OF training_module_id,user_id,completed_on,expires_on,module_version,score,recorded_by,medication_id,supersedes_id,revision,entry_kind,correction_reason ON training_completions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:training_completions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'UPDATE', 'TRAINING_COMPLETION', 'training_completions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'training_completions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('training_module_id',OLD.training_module_id,NEW.training_module_id),('user_id',OLD.user_id,NEW.user_id),('completed_on',OLD.completed_on,NEW.completed_on),('expires_on',OLD.expires_on,NEW.expires_on),('module_version',OLD.module_version,NEW.module_version),('score',OLD.score,NEW.score),('recorded_by',OLD.recorded_by,NEW.recorded_by),('medication_id',OLD.medication_id,NEW.medication_id),('supersedes_id',OLD.supersedes_id,NEW.supersedes_id),('revision',OLD.revision,NEW.revision),('entry_kind',OLD.entry_kind,NEW.entry_kind),('correction_reason',OLD.correction_reason,NEW.correction_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR 'UPDATE' = 'INSERT';
  UPDATE training_completions SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_training_completions BEFORE DELETE ON training_completions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:training_completions');
END
-- end
CREATE TRIGGER key_change_training_completions BEFORE UPDATE OF id ON training_completions
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:training_completions');
END
-- end
CREATE TRIGGER append_only_training_completions BEFORE UPDATE ON training_completions
WHEN (OLD.training_module_id,OLD.user_id,OLD.completed_on,OLD.expires_on,OLD.module_version,OLD.score,OLD.recorded_by,OLD.medication_id,OLD.supersedes_id,OLD.revision,OLD.entry_kind,OLD.correction_reason) IS NOT (NEW.training_module_id,NEW.user_id,NEW.completed_on,NEW.expires_on,NEW.module_version,NEW.score,NEW.recorded_by,NEW.medication_id,NEW.supersedes_id,NEW.revision,NEW.entry_kind,NEW.correction_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:append_only:training_completions');
END
-- end
CREATE TRIGGER capture_insert_standing_orders AFTER INSERT ON standing_orders
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:standing_orders') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'STANDING_ORDER', 'standing_orders', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'standing_orders' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('school_id',NEW.school_id),('name',NEW.name),('medication_id',NEW.medication_id),('emergency',NEW.emergency),('indications',NEW.indications),('instructions',NEW.instructions),('dose_amount',NEW.dose_amount),('dose_unit',NEW.dose_unit),('dose_per_kg',NEW.dose_per_kg),('max_dose_amount',NEW.max_dose_amount),('route',NEW.route),('min_interval_minutes',NEW.min_interval_minutes),('max_per_day',NEW.max_per_day),('max_per_year',NEW.max_per_year),('min_age_months',NEW.min_age_months),('effect_check_minutes',NEW.effect_check_minutes),('consent_required',NEW.consent_required),('prescribed_by',NEW.prescribed_by),('prescribed_by_name',NEW.prescribed_by_name),('starts_on',NEW.starts_on),('ends_on',NEW.ends_on),('is_active',NEW.is_active),('protocol_id',NEW.protocol_id),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE standing_orders SET scope_id = (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_standing_orders AFTER UPDATE OF school_id,name,medication_id,emergency,indications,instructions,dose_amount,dose_unit,dose_per_kg,max_dose_amount,route,min_interval_minutes,max_per_day,max_per_year,min_age_months,effect_check_minutes,consent_required,prescribed_by,prescribed_by_name,starts_on,ends_on,is_active,protocol_id,deleted_at,deleted_by,delete_reason ON standing_orders
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:standing_orders') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'STANDING_ORDER', 'standing_orders', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'standing_orders' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('school_id',OLD.school_id,NEW.school_id),('name',OLD.name,NEW.name),('medication_id',OLD.medication_id,NEW.medication_id),('emergency',OLD.emergency,NEW.emergency),('indications',OLD.indications,NEW.indications),('instructions',OLD.instructions,NEW.instructions),('dose_amount',OLD.dose_amount,NEW.dose_amount),('dose_unit',OLD.dose_unit,NEW.dose_unit),('dose_per_kg',OLD.dose_per_kg,NEW.dose_per_kg),('max_dose_amount',OLD.max_dose_amount,NEW.max_dose_amount),('route',OLD.route,NEW.route),('min_interval_minutes',OLD.min_interval_minutes,NEW.min_interval_minutes),('max_per_day',OLD.max_per_day,NEW.max_per_day),('max_per_year',OLD.max_per_year,NEW.max_per_year),('min_age_months',OLD.min_age_months,NEW.min_age_months),('effect_check_minutes',OLD.effect_check_minutes,NEW.effect_check_minutes),('consent_required',OLD.consent_required,NEW.consent_required),('prescribed_by',OLD.prescribed_by,NEW.prescribed_by),('prescribed_by_name',OLD.prescribed_by_name,NEW.prescribed_by_name),('starts_on',OLD.starts_on,NEW.starts_on),('ends_on',OLD.ends_on,NEW.ends_on),('is_active',OLD.is_active,NEW.is_active),('protocol_id',OLD.protocol_id,NEW.protocol_id),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE standing_orders SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_standing_orders BEFORE DELETE ON standing_orders
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:standing_orders');
END
-- end
CREATE TRIGGER key_change_standing_orders BEFORE UPDATE OF id ON standing_orders
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:standing_orders');
END
-- end
CREATE TRIGGER capture_insert_visit_events AFTER INSERT ON visit_events
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:visit_events') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'VISIT_EVENT', 'visit_events', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'visit_events' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('visit_id',NEW.visit_id),('student_id',NEW.student_id),('kind',NEW.kind),('occurred_at',NEW.occurred_at),('zone_offset_minutes',NEW.zone_offset_minutes),('performed_by',NEW.performed_by),('performed_by_name',NEW.performed_by_name),('note',NEW.note),('details',NEW.details),('supersedes_id',NEW.supersedes_id),('revision',NEW.revision),('entry_kind',NEW.entry_kind),('correction_reason',NEW.correction_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE visit_events SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_visit_events AFTER UPDATE OF visit_id,student_id,kind,occurred_at,zone_offset_minutes,performed_by,performed_by_name,note,details,supersedes_id,revision,entry_kind,correction_reason ON visit_events
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:visit_events') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'UPDATE', 'VISIT_EVENT', 'visit_events', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'visit_events' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('visit_id',OLD.visit_id,NEW.visit_id),('student_id',OLD.student_id,NEW.student_id),('kind',OLD.kind,NEW.kind),('occurred_at',OLD.occurred_at,NEW.occurred_at),('zone_offset_minutes',OLD.zone_offset_minutes,NEW.zone_offset_minutes),('performed_by',OLD.performed_by,NEW.performed_by),('performed_by_name',OLD.performed_by_name,NEW.performed_by_name),('note',OLD.note,NEW.note),('details',OLD.details,NEW.details),('supersedes_id',OLD.supersedes_id,NEW.supersedes_id),('revision',OLD.revision,NEW.revision),('entry_kind',OLD.entry_kind,NEW.entry_kind),('correction_reason',OLD.correction_reason,NEW.correction_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR 'UPDATE' = 'INSERT';
  UPDATE visit_events SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_visit_events BEFORE DELETE ON visit_events
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:visit_events');
END
-- end
CREATE TRIGGER key_change_visit_events BEFORE UPDATE OF id ON visit_events
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:visit_events');
END
-- end
CREATE TRIGGER append_only_visit_events BEFORE UPDATE ON visit_events
WHEN (OLD.visit_id,OLD.student_id,OLD.kind,OLD.occurred_at,OLD.zone_offset_minutes,OLD.performed_by,OLD.performed_by_name,OLD.note,OLD.details,OLD.supersedes_id,OLD.revision,OLD.entry_kind,OLD.correction_reason) IS NOT (NEW.visit_id,NEW.student_id,NEW.kind,NEW.occurred_at,NEW.zone_offset_minutes,NEW.performed_by,NEW.performed_by_name,NEW.note,NEW.details,NEW.supersedes_id,NEW.revision,NEW.entry_kind,NEW.correction_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:append_only:visit_events');
END
-- end
CREATE TRIGGER capture_insert_clinical_notes AFTER INSERT ON clinical_notes
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:clinical_notes') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'CLINICAL_NOTE', 'clinical_notes', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'clinical_notes' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('visit_id',NEW.visit_id),('type',NEW.type),('title',NEW.title),('content',NEW.content),('subjective',NEW.subjective),('objective',NEW.objective),('assessment',NEW.assessment),('plan',NEW."plan"),('tags',NEW.tags),('is_confidential',NEW.is_confidential),('is_signed',NEW.is_signed),('co_reviewed_by',NEW.co_reviewed_by),('co_reviewed_at',NEW.co_reviewed_at),('occurred_at',NEW.occurred_at),('signed_at',NEW.signed_at),('signed_by',NEW.signed_by),('amends_id',NEW.amends_id),('amendment_reason',NEW.amendment_reason),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE clinical_notes SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_clinical_notes AFTER UPDATE OF student_id,visit_id,type,title,content,subjective,objective,assessment,"plan",tags,is_confidential,is_signed,co_reviewed_by,co_reviewed_at,occurred_at,signed_at,signed_by,amends_id,amendment_reason,deleted_at,deleted_by,delete_reason ON clinical_notes
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:clinical_notes') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END, 'CLINICAL_NOTE', 'clinical_notes', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'clinical_notes' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('visit_id',OLD.visit_id,NEW.visit_id),('type',OLD.type,NEW.type),('title',OLD.title,NEW.title),('content',OLD.content,NEW.content),('subjective',OLD.subjective,NEW.subjective),('objective',OLD.objective,NEW.objective),('assessment',OLD.assessment,NEW.assessment),('plan',OLD."plan",NEW."plan"),('tags',OLD.tags,NEW.tags),('is_confidential',OLD.is_confidential,NEW.is_confidential),('is_signed',OLD.is_signed,NEW.is_signed),('co_reviewed_by',OLD.co_reviewed_by,NEW.co_reviewed_by),('co_reviewed_at',OLD.co_reviewed_at,NEW.co_reviewed_at),('occurred_at',OLD.occurred_at,NEW.occurred_at),('signed_at',OLD.signed_at,NEW.signed_at),('signed_by',OLD.signed_by,NEW.signed_by),('amends_id',OLD.amends_id,NEW.amends_id),('amendment_reason',OLD.amendment_reason,NEW.amendment_reason),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END = 'INSERT';
  UPDATE clinical_notes SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_clinical_notes BEFORE DELETE ON clinical_notes
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:clinical_notes');
END
-- end
CREATE TRIGGER key_change_clinical_notes BEFORE UPDATE OF id ON clinical_notes
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:clinical_notes');
END
-- end
CREATE TRIGGER sealed_row_clinical_notes BEFORE UPDATE ON clinical_notes
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION') AND OLD.signed_at IS NOT NULL AND (OLD.student_id,OLD.visit_id,OLD.type,OLD.title,OLD.content,OLD.subjective,OLD.objective,OLD.assessment,OLD."plan",OLD.tags,OLD.is_confidential,OLD.is_signed,OLD.occurred_at,OLD.signed_at,OLD.signed_by,OLD.amends_id,OLD.amendment_reason,OLD.deleted_at,OLD.deleted_by,OLD.delete_reason) IS NOT (NEW.student_id,NEW.visit_id,NEW.type,NEW.title,NEW.content,NEW.subjective,NEW.objective,NEW.assessment,NEW."plan",NEW.tags,NEW.is_confidential,NEW.is_signed,NEW.occurred_at,NEW.signed_at,NEW.signed_by,NEW.amends_id,NEW.amendment_reason,NEW.deleted_at,NEW.deleted_by,NEW.delete_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:signed_row:clinical_notes');
END
-- end
CREATE TRIGGER capture_insert_follow_up_appointments AFTER INSERT ON follow_up_appointments
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:follow_up_appointments') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'FOLLOW_UP_APPOINTMENT', 'follow_up_appointments', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'follow_up_appointments' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('original_visit_id',NEW.original_visit_id),('scheduled_by',NEW.scheduled_by),('scheduled_date',NEW.scheduled_date),('duration_minutes',NEW.duration_minutes),('reason',NEW.reason),('type',NEW.type),('status',NEW.status),('assigned_to',NEW.assigned_to),('reminder_sent',NEW.reminder_sent),('reminder_sent_at',NEW.reminder_sent_at),('confirmed_at',NEW.confirmed_at),('completed_visit_id',NEW.completed_visit_id),('completed_at',NEW.completed_at),('cancelled_at',NEW.cancelled_at),('cancellation_reason',NEW.cancellation_reason),('rescheduled_from_id',NEW.rescheduled_from_id),('rescheduled_to_id',NEW.rescheduled_to_id),('notes',NEW.notes),('priority',NEW.priority),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE follow_up_appointments SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_follow_up_appointments AFTER UPDATE OF student_id,original_visit_id,scheduled_by,scheduled_date,duration_minutes,reason,type,status,assigned_to,reminder_sent,reminder_sent_at,confirmed_at,completed_visit_id,completed_at,cancelled_at,cancellation_reason,rescheduled_from_id,rescheduled_to_id,notes,priority,deleted_at,deleted_by,delete_reason ON follow_up_appointments
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:follow_up_appointments') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'FOLLOW_UP_APPOINTMENT', 'follow_up_appointments', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'follow_up_appointments' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('original_visit_id',OLD.original_visit_id,NEW.original_visit_id),('scheduled_by',OLD.scheduled_by,NEW.scheduled_by),('scheduled_date',OLD.scheduled_date,NEW.scheduled_date),('duration_minutes',OLD.duration_minutes,NEW.duration_minutes),('reason',OLD.reason,NEW.reason),('type',OLD.type,NEW.type),('status',OLD.status,NEW.status),('assigned_to',OLD.assigned_to,NEW.assigned_to),('reminder_sent',OLD.reminder_sent,NEW.reminder_sent),('reminder_sent_at',OLD.reminder_sent_at,NEW.reminder_sent_at),('confirmed_at',OLD.confirmed_at,NEW.confirmed_at),('completed_visit_id',OLD.completed_visit_id,NEW.completed_visit_id),('completed_at',OLD.completed_at,NEW.completed_at),('cancelled_at',OLD.cancelled_at,NEW.cancelled_at),('cancellation_reason',OLD.cancellation_reason,NEW.cancellation_reason),('rescheduled_from_id',OLD.rescheduled_from_id,NEW.rescheduled_from_id),('rescheduled_to_id',OLD.rescheduled_to_id,NEW.rescheduled_to_id),('notes',OLD.notes,NEW.notes),('priority',OLD.priority,NEW.priority),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE follow_up_appointments SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_follow_up_appointments BEFORE DELETE ON follow_up_appointments
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:follow_up_appointments');
END
-- end
CREATE TRIGGER key_change_follow_up_appointments BEFORE UPDATE OF id ON follow_up_appointments
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:follow_up_appointments');
END
-- end
CREATE TRIGGER capture_insert_message_deliveries AFTER INSERT ON message_deliveries
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:message_deliveries') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'MESSAGE_DELIVERY', 'message_deliveries', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'message_deliveries' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('recipient_type',NEW.recipient_type),('recipient_id',NEW.recipient_id),('channel',NEW.channel),('status',NEW.status),('contact_info',NEW.contact_info),('sent_at',NEW.sent_at),('delivered_at',NEW.delivered_at),('failure_reason',NEW.failure_reason),('external_id',NEW.external_id),('message_id',NEW.message_id),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE message_deliveries SET scope_id = (SELECT scope_id FROM messages WHERE id = NEW.message_id)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_message_deliveries AFTER UPDATE OF recipient_type,recipient_id,channel,status,contact_info,sent_at,delivered_at,failure_reason,external_id,message_id,deleted_at,deleted_by,delete_reason ON message_deliveries
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:message_deliveries') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'MESSAGE_DELIVERY', 'message_deliveries', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'message_deliveries' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('recipient_type',OLD.recipient_type,NEW.recipient_type),('recipient_id',OLD.recipient_id,NEW.recipient_id),('channel',OLD.channel,NEW.channel),('status',OLD.status,NEW.status),('contact_info',OLD.contact_info,NEW.contact_info),('sent_at',OLD.sent_at,NEW.sent_at),('delivered_at',OLD.delivered_at,NEW.delivered_at),('failure_reason',OLD.failure_reason,NEW.failure_reason),('external_id',OLD.external_id,NEW.external_id),('message_id',OLD.message_id,NEW.message_id),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE message_deliveries SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_message_deliveries BEFORE DELETE ON message_deliveries
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:message_deliveries');
END
-- end
CREATE TRIGGER key_change_message_deliveries BEFORE UPDATE OF id ON message_deliveries
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:message_deliveries');
END
-- end
CREATE TRIGGER capture_insert_consent_signatures AFTER INSERT ON consent_signatures
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:consent_signatures') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'CONSENT_SIGNATURE', 'consent_signatures', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'consent_signatures' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('consent_form_id',NEW.consent_form_id),('student_id',NEW.student_id),('signed_by',NEW.signed_by),('relationship',NEW.relationship),('signature_data',NEW.signature_data),('ip_address',NEW.ip_address),('signed_at',NEW.signed_at),('withdrawn_at',NEW.withdrawn_at),('withdrawn_by',NEW.withdrawn_by),('decision',NEW.decision),('capacity',NEW.capacity),('signer_contact_id',NEW.signer_contact_id),('signer_identity_evidence',NEW.signer_identity_evidence),('form_version',NEW.form_version),('text_hash',NEW.text_hash),('language',NEW.language),('method',NEW.method),('strokes_attachment_id',NEW.strokes_attachment_id),('image_attachment_id',NEW.image_attachment_id),('pdf_attachment_id',NEW.pdf_attachment_id),('pdf_hash',NEW.pdf_hash),('recorded_by',NEW.recorded_by),('recorded_at',NEW.recorded_at),('zone_offset_minutes',NEW.zone_offset_minutes),('effective_from',NEW.effective_from),('expires_on',NEW.expires_on),('conditions',NEW.conditions),('withdrawal_reason',NEW.withdrawal_reason),('supersedes_id',NEW.supersedes_id),('revision',NEW.revision),('entry_kind',NEW.entry_kind),('correction_reason',NEW.correction_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE consent_signatures SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_consent_signatures AFTER UPDATE OF consent_form_id,student_id,signed_by,relationship,signature_data,ip_address,signed_at,withdrawn_at,withdrawn_by,decision,capacity,signer_contact_id,signer_identity_evidence,form_version,text_hash,language,method,strokes_attachment_id,image_attachment_id,pdf_attachment_id,pdf_hash,recorded_by,recorded_at,zone_offset_minutes,effective_from,expires_on,conditions,withdrawal_reason,supersedes_id,revision,entry_kind,correction_reason ON consent_signatures
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:consent_signatures') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'UPDATE', 'CONSENT_SIGNATURE', 'consent_signatures', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'consent_signatures' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('consent_form_id',OLD.consent_form_id,NEW.consent_form_id),('student_id',OLD.student_id,NEW.student_id),('signed_by',OLD.signed_by,NEW.signed_by),('relationship',OLD.relationship,NEW.relationship),('signature_data',OLD.signature_data,NEW.signature_data),('ip_address',OLD.ip_address,NEW.ip_address),('signed_at',OLD.signed_at,NEW.signed_at),('withdrawn_at',OLD.withdrawn_at,NEW.withdrawn_at),('withdrawn_by',OLD.withdrawn_by,NEW.withdrawn_by),('decision',OLD.decision,NEW.decision),('capacity',OLD.capacity,NEW.capacity),('signer_contact_id',OLD.signer_contact_id,NEW.signer_contact_id),('signer_identity_evidence',OLD.signer_identity_evidence,NEW.signer_identity_evidence),('form_version',OLD.form_version,NEW.form_version),('text_hash',OLD.text_hash,NEW.text_hash),('language',OLD.language,NEW.language),('method',OLD.method,NEW.method),('strokes_attachment_id',OLD.strokes_attachment_id,NEW.strokes_attachment_id),('image_attachment_id',OLD.image_attachment_id,NEW.image_attachment_id),('pdf_attachment_id',OLD.pdf_attachment_id,NEW.pdf_attachment_id),('pdf_hash',OLD.pdf_hash,NEW.pdf_hash),('recorded_by',OLD.recorded_by,NEW.recorded_by),('recorded_at',OLD.recorded_at,NEW.recorded_at),('zone_offset_minutes',OLD.zone_offset_minutes,NEW.zone_offset_minutes),('effective_from',OLD.effective_from,NEW.effective_from),('expires_on',OLD.expires_on,NEW.expires_on),('conditions',OLD.conditions,NEW.conditions),('withdrawal_reason',OLD.withdrawal_reason,NEW.withdrawal_reason),('supersedes_id',OLD.supersedes_id,NEW.supersedes_id),('revision',OLD.revision,NEW.revision),('entry_kind',OLD.entry_kind,NEW.entry_kind),('correction_reason',OLD.correction_reason,NEW.correction_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR 'UPDATE' = 'INSERT';
  UPDATE consent_signatures SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_consent_signatures BEFORE DELETE ON consent_signatures
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:consent_signatures');
END
-- end
CREATE TRIGGER key_change_consent_signatures BEFORE UPDATE OF id ON consent_signatures
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:consent_signatures');
END
-- end
CREATE TRIGGER append_only_consent_signatures BEFORE UPDATE ON consent_signatures
WHEN (OLD.consent_form_id,OLD.student_id,OLD.signed_by,OLD.relationship,OLD.signature_data,OLD.ip_address,OLD.signed_at,OLD.withdrawn_at,OLD.withdrawn_by,OLD.decision,OLD.capacity,OLD.signer_contact_id,OLD.signer_identity_evidence,OLD.form_version,OLD.text_hash,OLD.language,OLD.method,OLD.strokes_attachment_id,OLD.image_attachment_id,OLD.pdf_attachment_id,OLD.pdf_hash,OLD.recorded_by,OLD.recorded_at,OLD.zone_offset_minutes,OLD.effective_from,OLD.expires_on,OLD.conditions,OLD.withdrawal_reason,OLD.supersedes_id,OLD.revision,OLD.entry_kind,OLD.correction_reason) IS NOT (NEW.consent_form_id,NEW.student_id,NEW.signed_by,NEW.relationship,NEW.signature_data,NEW.ip_address,NEW.signed_at,NEW.withdrawn_at,NEW.withdrawn_by,NEW.decision,NEW.capacity,NEW.signer_contact_id,NEW.signer_identity_evidence,NEW.form_version,NEW.text_hash,NEW.language,NEW.method,NEW.strokes_attachment_id,NEW.image_attachment_id,NEW.pdf_attachment_id,NEW.pdf_hash,NEW.recorded_by,NEW.recorded_at,NEW.zone_offset_minutes,NEW.effective_from,NEW.expires_on,NEW.conditions,NEW.withdrawal_reason,NEW.supersedes_id,NEW.revision,NEW.entry_kind,NEW.correction_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:append_only:consent_signatures');
END
-- end
CREATE TRIGGER refuse_delete_phi_disclosure_audits BEFORE DELETE ON phi_disclosure_audits
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:phi_disclosure_audits');
END
-- end
CREATE TRIGGER key_change_phi_disclosure_audits BEFORE UPDATE OF id ON phi_disclosure_audits
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:phi_disclosure_audits');
END
-- end
CREATE TRIGGER capture_insert_allergies AFTER INSERT ON allergies
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:allergies') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'ALLERGY', 'allergies', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'allergies' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('allergen',NEW.allergen),('allergy_type',NEW.allergy_type),('severity',NEW.severity),('symptoms',NEW.symptoms),('reactions',NEW.reactions),('treatment',NEW.treatment),('emergency_protocol',NEW.emergency_protocol),('onset_date',NEW.onset_date),('diagnosed_date',NEW.diagnosed_date),('diagnosed_by',NEW.diagnosed_by),('diagnosed_by_name',NEW.diagnosed_by_name),('verified',NEW.verified),('verified_by',NEW.verified_by),('verification_date',NEW.verification_date),('active',NEW.active),('notes',NEW.notes),('epi_pen_required',NEW.epi_pen_required),('epi_pen_location',NEW.epi_pen_location),('epi_pen_expiration',NEW.epi_pen_expiration),('health_record_id',NEW.health_record_id),('ingredient_code',NEW.ingredient_code),('inactive_reason',NEW.inactive_reason),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE allergies SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_allergies AFTER UPDATE OF student_id,allergen,allergy_type,severity,symptoms,reactions,treatment,emergency_protocol,onset_date,diagnosed_date,diagnosed_by,diagnosed_by_name,verified,verified_by,verification_date,active,notes,epi_pen_required,epi_pen_location,epi_pen_expiration,health_record_id,ingredient_code,inactive_reason,deleted_at,deleted_by,delete_reason ON allergies
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:allergies') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'ALLERGY', 'allergies', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'allergies' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('allergen',OLD.allergen,NEW.allergen),('allergy_type',OLD.allergy_type,NEW.allergy_type),('severity',OLD.severity,NEW.severity),('symptoms',OLD.symptoms,NEW.symptoms),('reactions',OLD.reactions,NEW.reactions),('treatment',OLD.treatment,NEW.treatment),('emergency_protocol',OLD.emergency_protocol,NEW.emergency_protocol),('onset_date',OLD.onset_date,NEW.onset_date),('diagnosed_date',OLD.diagnosed_date,NEW.diagnosed_date),('diagnosed_by',OLD.diagnosed_by,NEW.diagnosed_by),('diagnosed_by_name',OLD.diagnosed_by_name,NEW.diagnosed_by_name),('verified',OLD.verified,NEW.verified),('verified_by',OLD.verified_by,NEW.verified_by),('verification_date',OLD.verification_date,NEW.verification_date),('active',OLD.active,NEW.active),('notes',OLD.notes,NEW.notes),('epi_pen_required',OLD.epi_pen_required,NEW.epi_pen_required),('epi_pen_location',OLD.epi_pen_location,NEW.epi_pen_location),('epi_pen_expiration',OLD.epi_pen_expiration,NEW.epi_pen_expiration),('health_record_id',OLD.health_record_id,NEW.health_record_id),('ingredient_code',OLD.ingredient_code,NEW.ingredient_code),('inactive_reason',OLD.inactive_reason,NEW.inactive_reason),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE allergies SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_allergies BEFORE DELETE ON allergies
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:allergies');
END
-- end
CREATE TRIGGER key_change_allergies BEFORE UPDATE OF id ON allergies
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:allergies');
END
-- end
CREATE TRIGGER capture_insert_chronic_conditions AFTER INSERT ON chronic_conditions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:chronic_conditions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'CHRONIC_CONDITION', 'chronic_conditions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'chronic_conditions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('health_record_id',NEW.health_record_id),('condition',NEW.condition),('icd_code',NEW.icd_code),('diagnosed_date',NEW.diagnosed_date),('diagnosed_by',NEW.diagnosed_by),('diagnosed_by_name',NEW.diagnosed_by_name),('status',NEW.status),('severity',NEW.severity),('notes',NEW.notes),('care_plan',NEW.care_plan),('medications',NEW.medications),('restrictions',NEW.restrictions),('triggers',NEW.triggers),('accommodations',NEW.accommodations),('emergency_protocol',NEW.emergency_protocol),('last_review_date',NEW.last_review_date),('next_review_date',NEW.next_review_date),('requires_iep',NEW.requires_iep),('requires_504',NEW.requires_504),('is_active',NEW.is_active),('contraindicated_ingredients',NEW.contraindicated_ingredients),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE chronic_conditions SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_chronic_conditions AFTER UPDATE OF student_id,health_record_id,condition,icd_code,diagnosed_date,diagnosed_by,diagnosed_by_name,status,severity,notes,care_plan,medications,restrictions,triggers,accommodations,emergency_protocol,last_review_date,next_review_date,requires_iep,requires_504,is_active,contraindicated_ingredients,deleted_at,deleted_by,delete_reason ON chronic_conditions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:chronic_conditions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'CHRONIC_CONDITION', 'chronic_conditions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'chronic_conditions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('health_record_id',OLD.health_record_id,NEW.health_record_id),('condition',OLD.condition,NEW.condition),('icd_code',OLD.icd_code,NEW.icd_code),('diagnosed_date',OLD.diagnosed_date,NEW.diagnosed_date),('diagnosed_by',OLD.diagnosed_by,NEW.diagnosed_by),('diagnosed_by_name',OLD.diagnosed_by_name,NEW.diagnosed_by_name),('status',OLD.status,NEW.status),('severity',OLD.severity,NEW.severity),('notes',OLD.notes,NEW.notes),('care_plan',OLD.care_plan,NEW.care_plan),('medications',OLD.medications,NEW.medications),('restrictions',OLD.restrictions,NEW.restrictions),('triggers',OLD.triggers,NEW.triggers),('accommodations',OLD.accommodations,NEW.accommodations),('emergency_protocol',OLD.emergency_protocol,NEW.emergency_protocol),('last_review_date',OLD.last_review_date,NEW.last_review_date),('next_review_date',OLD.next_review_date,NEW.next_review_date),('requires_iep',OLD.requires_iep,NEW.requires_iep),('requires_504',OLD.requires_504,NEW.requires_504),('is_active',OLD.is_active,NEW.is_active),('contraindicated_ingredients',OLD.contraindicated_ingredients,NEW.contraindicated_ingredients),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE chronic_conditions SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_chronic_conditions BEFORE DELETE ON chronic_conditions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:chronic_conditions');
END
-- end
CREATE TRIGGER key_change_chronic_conditions BEFORE UPDATE OF id ON chronic_conditions
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:chronic_conditions');
END
-- end
CREATE TRIGGER capture_insert_incident_reports AFTER INSERT ON incident_reports
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:incident_reports') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'INCIDENT_REPORT', 'incident_reports', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'incident_reports' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('reported_by_id',NEW.reported_by_id),('type',NEW.type),('severity',NEW.severity),('description',NEW.description),('location',NEW.location),('witnesses',NEW.witnesses),('actions_taken',NEW.actions_taken),('parent_notified',NEW.parent_notified),('parent_notification_method',NEW.parent_notification_method),('parent_notified_at',NEW.parent_notified_at),('parent_notified_by',NEW.parent_notified_by),('follow_up_required',NEW.follow_up_required),('follow_up_notes',NEW.follow_up_notes),('attachments',NEW.attachments),('evidence_photos',NEW.evidence_photos),('evidence_videos',NEW.evidence_videos),('insurance_claim_number',NEW.insurance_claim_number),('insurance_claim_status',NEW.insurance_claim_status),('legal_compliance_status',NEW.legal_compliance_status),('occurred_at',NEW.occurred_at),('zone_offset_minutes',NEW.zone_offset_minutes),('school_id',NEW.school_id),('visit_id',NEW.visit_id),('reviewed_by',NEW.reviewed_by),('reviewed_at',NEW.reviewed_at),('signed_at',NEW.signed_at),('signed_by',NEW.signed_by),('amends_id',NEW.amends_id),('amendment_reason',NEW.amendment_reason),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE incident_reports SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_incident_reports AFTER UPDATE OF student_id,reported_by_id,type,severity,description,location,witnesses,actions_taken,parent_notified,parent_notification_method,parent_notified_at,parent_notified_by,follow_up_required,follow_up_notes,attachments,evidence_photos,evidence_videos,insurance_claim_number,insurance_claim_status,legal_compliance_status,occurred_at,zone_offset_minutes,school_id,visit_id,reviewed_by,reviewed_at,signed_at,signed_by,amends_id,amendment_reason,deleted_at,deleted_by,delete_reason ON incident_reports
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:incident_reports') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END, 'INCIDENT_REPORT', 'incident_reports', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'incident_reports' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('reported_by_id',OLD.reported_by_id,NEW.reported_by_id),('type',OLD.type,NEW.type),('severity',OLD.severity,NEW.severity),('description',OLD.description,NEW.description),('location',OLD.location,NEW.location),('witnesses',OLD.witnesses,NEW.witnesses),('actions_taken',OLD.actions_taken,NEW.actions_taken),('parent_notified',OLD.parent_notified,NEW.parent_notified),('parent_notification_method',OLD.parent_notification_method,NEW.parent_notification_method),('parent_notified_at',OLD.parent_notified_at,NEW.parent_notified_at),('parent_notified_by',OLD.parent_notified_by,NEW.parent_notified_by),('follow_up_required',OLD.follow_up_required,NEW.follow_up_required),('follow_up_notes',OLD.follow_up_notes,NEW.follow_up_notes),('attachments',OLD.attachments,NEW.attachments),('evidence_photos',OLD.evidence_photos,NEW.evidence_photos),('evidence_videos',OLD.evidence_videos,NEW.evidence_videos),('insurance_claim_number',OLD.insurance_claim_number,NEW.insurance_claim_number),('insurance_claim_status',OLD.insurance_claim_status,NEW.insurance_claim_status),('legal_compliance_status',OLD.legal_compliance_status,NEW.legal_compliance_status),('occurred_at',OLD.occurred_at,NEW.occurred_at),('zone_offset_minutes',OLD.zone_offset_minutes,NEW.zone_offset_minutes),('school_id',OLD.school_id,NEW.school_id),('visit_id',OLD.visit_id,NEW.visit_id),('reviewed_by',OLD.reviewed_by,NEW.reviewed_by),('reviewed_at',OLD.reviewed_at,NEW.reviewed_at),('signed_at',OLD.signed_at,NEW.signed_at),('signed_by',OLD.signed_by,NEW.signed_by),('amends_id',OLD.amends_id,NEW.amends_id),('amendment_reason',OLD.amendment_reason,NEW.amendment_reason),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END = 'INSERT';
  UPDATE incident_reports SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_incident_reports BEFORE DELETE ON incident_reports
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:incident_reports');
END
-- end
CREATE TRIGGER key_change_incident_reports BEFORE UPDATE OF id ON incident_reports
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:incident_reports');
END
-- end
CREATE TRIGGER sealed_row_incident_reports BEFORE UPDATE ON incident_reports
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION') AND OLD.signed_at IS NOT NULL AND (OLD.student_id,OLD.reported_by_id,OLD.type,OLD.severity,OLD.description,OLD.location,OLD.witnesses,OLD.actions_taken,OLD.attachments,OLD.evidence_photos,OLD.evidence_videos,OLD.occurred_at,OLD.zone_offset_minutes,OLD.school_id,OLD.visit_id,OLD.signed_at,OLD.signed_by,OLD.amends_id,OLD.amendment_reason,OLD.deleted_at,OLD.deleted_by,OLD.delete_reason) IS NOT (NEW.student_id,NEW.reported_by_id,NEW.type,NEW.severity,NEW.description,NEW.location,NEW.witnesses,NEW.actions_taken,NEW.attachments,NEW.evidence_photos,NEW.evidence_videos,NEW.occurred_at,NEW.zone_offset_minutes,NEW.school_id,NEW.visit_id,NEW.signed_at,NEW.signed_by,NEW.amends_id,NEW.amendment_reason,NEW.deleted_at,NEW.deleted_by,NEW.delete_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:signed_row:incident_reports');
END
-- end
CREATE TRIGGER capture_insert_appointment_reminders AFTER INSERT ON appointment_reminders
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:appointment_reminders') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'APPOINTMENT_REMINDER', 'appointment_reminders', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'appointment_reminders' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('appointment_id',NEW.appointment_id),('type',NEW.type),('scheduled_for',NEW.scheduled_for),('status',NEW.status),('sent_at',NEW.sent_at),('failure_reason',NEW.failure_reason),('message',NEW.message),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE appointment_reminders SET scope_id = (SELECT scope_id FROM appointments WHERE id = NEW.appointment_id)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_appointment_reminders AFTER UPDATE OF appointment_id,type,scheduled_for,status,sent_at,failure_reason,message,deleted_at,deleted_by,delete_reason ON appointment_reminders
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:appointment_reminders') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'APPOINTMENT_REMINDER', 'appointment_reminders', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'appointment_reminders' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('appointment_id',OLD.appointment_id,NEW.appointment_id),('type',OLD.type,NEW.type),('scheduled_for',OLD.scheduled_for,NEW.scheduled_for),('status',OLD.status,NEW.status),('sent_at',OLD.sent_at,NEW.sent_at),('failure_reason',OLD.failure_reason,NEW.failure_reason),('message',OLD.message,NEW.message),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE appointment_reminders SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_appointment_reminders BEFORE DELETE ON appointment_reminders
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:appointment_reminders');
END
-- end
CREATE TRIGGER key_change_appointment_reminders BEFORE UPDATE OF id ON appointment_reminders
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:appointment_reminders');
END
-- end
CREATE TRIGGER capture_insert_immunizations AFTER INSERT ON immunizations
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:immunizations') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'IMMUNIZATION', 'immunizations', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'immunizations' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('vaccine_name',NEW.vaccine_name),('vaccine_code',NEW.vaccine_code),('administered_date',NEW.administered_date),('expiration_date',NEW.expiration_date),('dosage',NEW.dosage),('site',NEW.site),('route',NEW.route),('manufacturer',NEW.manufacturer),('lot_number',NEW.lot_number),('administered_by',NEW.administered_by),('notes',NEW.notes),('administered_by_name',NEW.administered_by_name),('source',NEW.source),('source_detail',NEW.source_detail),('date_precision',NEW.date_precision),('cvx_code',NEW.cvx_code),('mvx_code',NEW.mvx_code),('document_id',NEW.document_id),('recorded_by',NEW.recorded_by),('supersedes_id',NEW.supersedes_id),('revision',NEW.revision),('entry_kind',NEW.entry_kind),('correction_reason',NEW.correction_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE immunizations SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_immunizations AFTER UPDATE OF student_id,vaccine_name,vaccine_code,administered_date,expiration_date,dosage,site,route,manufacturer,lot_number,administered_by,notes,administered_by_name,source,source_detail,date_precision,cvx_code,mvx_code,document_id,recorded_by,supersedes_id,revision,entry_kind,correction_reason ON immunizations
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:immunizations') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'UPDATE', 'IMMUNIZATION', 'immunizations', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'immunizations' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('vaccine_name',OLD.vaccine_name,NEW.vaccine_name),('vaccine_code',OLD.vaccine_code,NEW.vaccine_code),('administered_date',OLD.administered_date,NEW.administered_date),('expiration_date',OLD.expiration_date,NEW.expiration_date),('dosage',OLD.dosage,NEW.dosage),('site',OLD.site,NEW.site),('route',OLD.route,NEW.route),('manufacturer',OLD.manufacturer,NEW.manufacturer),('lot_number',OLD.lot_number,NEW.lot_number),('administered_by',OLD.administered_by,NEW.administered_by),('notes',OLD.notes,NEW.notes),('administered_by_name',OLD.administered_by_name,NEW.administered_by_name),('source',OLD.source,NEW.source),('source_detail',OLD.source_detail,NEW.source_detail),('date_precision',OLD.date_precision,NEW.date_precision),('cvx_code',OLD.cvx_code,NEW.cvx_code),('mvx_code',OLD.mvx_code,NEW.mvx_code),('document_id',OLD.document_id,NEW.document_id),('recorded_by',OLD.recorded_by,NEW.recorded_by),('supersedes_id',OLD.supersedes_id,NEW.supersedes_id),('revision',OLD.revision,NEW.revision),('entry_kind',OLD.entry_kind,NEW.entry_kind),('correction_reason',OLD.correction_reason,NEW.correction_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR 'UPDATE' = 'INSERT';
  UPDATE immunizations SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_immunizations BEFORE DELETE ON immunizations
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:immunizations');
END
-- end
CREATE TRIGGER key_change_immunizations BEFORE UPDATE OF id ON immunizations
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:immunizations');
END
-- end
CREATE TRIGGER append_only_immunizations BEFORE UPDATE ON immunizations
WHEN (OLD.student_id,OLD.vaccine_name,OLD.vaccine_code,OLD.administered_date,OLD.expiration_date,OLD.dosage,OLD.site,OLD.route,OLD.manufacturer,OLD.lot_number,OLD.administered_by,OLD.notes,OLD.administered_by_name,OLD.source,OLD.source_detail,OLD.date_precision,OLD.cvx_code,OLD.mvx_code,OLD.document_id,OLD.recorded_by,OLD.supersedes_id,OLD.revision,OLD.entry_kind,OLD.correction_reason) IS NOT (NEW.student_id,NEW.vaccine_name,NEW.vaccine_code,NEW.administered_date,NEW.expiration_date,NEW.dosage,NEW.site,NEW.route,NEW.manufacturer,NEW.lot_number,NEW.administered_by,NEW.notes,NEW.administered_by_name,NEW.source,NEW.source_detail,NEW.date_precision,NEW.cvx_code,NEW.mvx_code,NEW.document_id,NEW.recorded_by,NEW.supersedes_id,NEW.revision,NEW.entry_kind,NEW.correction_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:append_only:immunizations');
END
-- end
CREATE TRIGGER capture_insert_vital_signs AFTER INSERT ON vital_signs
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:vital_signs') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'VITAL_SIGNS', 'vital_signs', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'vital_signs' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('measurement_date',NEW.measurement_date),('temperature',NEW.temperature),('temperature_unit',NEW.temperature_unit),('heart_rate',NEW.heart_rate),('respiratory_rate',NEW.respiratory_rate),('blood_pressure_systolic',NEW.blood_pressure_systolic),('blood_pressure_diastolic',NEW.blood_pressure_diastolic),('oxygen_saturation',NEW.oxygen_saturation),('weight',NEW.weight),('weight_unit',NEW.weight_unit),('height',NEW.height),('height_unit',NEW.height_unit),('pain',NEW.pain),('measured_by',NEW.measured_by),('measured_by_name',NEW.measured_by_name),('notes',NEW.notes),('visit_id',NEW.visit_id),('zone_offset_minutes',NEW.zone_offset_minutes),('blood_glucose',NEW.blood_glucose),('blood_glucose_unit',NEW.blood_glucose_unit),('peak_flow',NEW.peak_flow),('signed_at',NEW.signed_at),('signed_by',NEW.signed_by),('amends_id',NEW.amends_id),('amendment_reason',NEW.amendment_reason),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE vital_signs SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_vital_signs AFTER UPDATE OF student_id,measurement_date,temperature,temperature_unit,heart_rate,respiratory_rate,blood_pressure_systolic,blood_pressure_diastolic,oxygen_saturation,weight,weight_unit,height,height_unit,pain,measured_by,measured_by_name,notes,visit_id,zone_offset_minutes,blood_glucose,blood_glucose_unit,peak_flow,signed_at,signed_by,amends_id,amendment_reason,deleted_at,deleted_by,delete_reason ON vital_signs
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:vital_signs') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END, 'VITAL_SIGNS', 'vital_signs', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'vital_signs' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('measurement_date',OLD.measurement_date,NEW.measurement_date),('temperature',OLD.temperature,NEW.temperature),('temperature_unit',OLD.temperature_unit,NEW.temperature_unit),('heart_rate',OLD.heart_rate,NEW.heart_rate),('respiratory_rate',OLD.respiratory_rate,NEW.respiratory_rate),('blood_pressure_systolic',OLD.blood_pressure_systolic,NEW.blood_pressure_systolic),('blood_pressure_diastolic',OLD.blood_pressure_diastolic,NEW.blood_pressure_diastolic),('oxygen_saturation',OLD.oxygen_saturation,NEW.oxygen_saturation),('weight',OLD.weight,NEW.weight),('weight_unit',OLD.weight_unit,NEW.weight_unit),('height',OLD.height,NEW.height),('height_unit',OLD.height_unit,NEW.height_unit),('pain',OLD.pain,NEW.pain),('measured_by',OLD.measured_by,NEW.measured_by),('measured_by_name',OLD.measured_by_name,NEW.measured_by_name),('notes',OLD.notes,NEW.notes),('visit_id',OLD.visit_id,NEW.visit_id),('zone_offset_minutes',OLD.zone_offset_minutes,NEW.zone_offset_minutes),('blood_glucose',OLD.blood_glucose,NEW.blood_glucose),('blood_glucose_unit',OLD.blood_glucose_unit,NEW.blood_glucose_unit),('peak_flow',OLD.peak_flow,NEW.peak_flow),('signed_at',OLD.signed_at,NEW.signed_at),('signed_by',OLD.signed_by,NEW.signed_by),('amends_id',OLD.amends_id,NEW.amends_id),('amendment_reason',OLD.amendment_reason,NEW.amendment_reason),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END = 'INSERT';
  UPDATE vital_signs SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_vital_signs BEFORE DELETE ON vital_signs
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:vital_signs');
END
-- end
CREATE TRIGGER key_change_vital_signs BEFORE UPDATE OF id ON vital_signs
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:vital_signs');
END
-- end
CREATE TRIGGER sealed_row_vital_signs BEFORE UPDATE ON vital_signs
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION') AND OLD.signed_at IS NOT NULL AND (OLD.student_id,OLD.measurement_date,OLD.temperature,OLD.temperature_unit,OLD.heart_rate,OLD.respiratory_rate,OLD.blood_pressure_systolic,OLD.blood_pressure_diastolic,OLD.oxygen_saturation,OLD.weight,OLD.weight_unit,OLD.height,OLD.height_unit,OLD.pain,OLD.measured_by,OLD.measured_by_name,OLD.notes,OLD.visit_id,OLD.zone_offset_minutes,OLD.blood_glucose,OLD.blood_glucose_unit,OLD.peak_flow,OLD.signed_at,OLD.signed_by,OLD.amends_id,OLD.amendment_reason,OLD.deleted_at,OLD.deleted_by,OLD.delete_reason) IS NOT (NEW.student_id,NEW.measurement_date,NEW.temperature,NEW.temperature_unit,NEW.heart_rate,NEW.respiratory_rate,NEW.blood_pressure_systolic,NEW.blood_pressure_diastolic,NEW.oxygen_saturation,NEW.weight,NEW.weight_unit,NEW.height,NEW.height_unit,NEW.pain,NEW.measured_by,NEW.measured_by_name,NEW.notes,NEW.visit_id,NEW.zone_offset_minutes,NEW.blood_glucose,NEW.blood_glucose_unit,NEW.peak_flow,NEW.signed_at,NEW.signed_by,NEW.amends_id,NEW.amendment_reason,NEW.deleted_at,NEW.deleted_by,NEW.delete_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:signed_row:vital_signs');
END
-- end
CREATE TRIGGER capture_insert_inventory_items AFTER INSERT ON inventory_items
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:inventory_items') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'INVENTORY_ITEM', 'inventory_items', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'inventory_items' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('name',NEW.name),('category',NEW.category),('description',NEW.description),('sku',NEW.sku),('unit_cost',NEW.unit_cost),('reorder_level',NEW.reorder_level),('reorder_quantity',NEW.reorder_quantity),('location',NEW.location),('notes',NEW.notes),('is_active',NEW.is_active),('school_id',NEW.school_id),('supplier_id',NEW.supplier_id),('medication_id',NEW.medication_id),('unit',NEW.unit),('is_controlled',NEW.is_controlled),('currency',NEW.currency),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE inventory_items SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_inventory_items AFTER UPDATE OF name,category,description,sku,unit_cost,reorder_level,reorder_quantity,location,notes,is_active,school_id,supplier_id,medication_id,unit,is_controlled,currency,deleted_at,deleted_by,delete_reason ON inventory_items
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:inventory_items') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'INVENTORY_ITEM', 'inventory_items', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'inventory_items' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('name',OLD.name,NEW.name),('category',OLD.category,NEW.category),('description',OLD.description,NEW.description),('sku',OLD.sku,NEW.sku),('unit_cost',OLD.unit_cost,NEW.unit_cost),('reorder_level',OLD.reorder_level,NEW.reorder_level),('reorder_quantity',OLD.reorder_quantity,NEW.reorder_quantity),('location',OLD.location,NEW.location),('notes',OLD.notes,NEW.notes),('is_active',OLD.is_active,NEW.is_active),('school_id',OLD.school_id,NEW.school_id),('supplier_id',OLD.supplier_id,NEW.supplier_id),('medication_id',OLD.medication_id,NEW.medication_id),('unit',OLD.unit,NEW.unit),('is_controlled',OLD.is_controlled,NEW.is_controlled),('currency',OLD.currency,NEW.currency),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE inventory_items SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_inventory_items BEFORE DELETE ON inventory_items
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:inventory_items');
END
-- end
CREATE TRIGGER key_change_inventory_items BEFORE UPDATE OF id ON inventory_items
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:inventory_items');
END
-- end
CREATE TRIGGER capture_insert_prescriptions AFTER INSERT ON prescriptions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:prescriptions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'PRESCRIPTION', 'prescriptions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'prescriptions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('visit_id',NEW.visit_id),('treatment_plan_id',NEW.treatment_plan_id),('prescribed_by',NEW.prescribed_by),('prescribed_by_name',NEW.prescribed_by_name),('drug_name',NEW.drug_name),('drug_code',NEW.drug_code),('dosage',NEW.dosage),('frequency',NEW.frequency),('route',NEW.route),('quantity',NEW.quantity),('quantity_filled',NEW.quantity_filled),('refills_authorized',NEW.refills_authorized),('refills_used',NEW.refills_used),('start_date',NEW.start_date),('end_date',NEW.end_date),('instructions',NEW.instructions),('status',NEW.status),('pharmacy_name',NEW.pharmacy_name),('filled_date',NEW.filled_date),('picked_up_date',NEW.picked_up_date),('notes',NEW.notes),('drug_catalog_id',NEW.drug_catalog_id),('quantity_unit',NEW.quantity_unit),('dose_amount',NEW.dose_amount),('dose_unit',NEW.dose_unit),('prescription_number',NEW.prescription_number),('document_id',NEW.document_id),('signed_at',NEW.signed_at),('signed_by',NEW.signed_by),('amends_id',NEW.amends_id),('amendment_reason',NEW.amendment_reason),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE prescriptions SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_prescriptions AFTER UPDATE OF student_id,visit_id,treatment_plan_id,prescribed_by,prescribed_by_name,drug_name,drug_code,dosage,frequency,route,quantity,quantity_filled,refills_authorized,refills_used,start_date,end_date,instructions,status,pharmacy_name,filled_date,picked_up_date,notes,drug_catalog_id,quantity_unit,dose_amount,dose_unit,prescription_number,document_id,signed_at,signed_by,amends_id,amendment_reason,deleted_at,deleted_by,delete_reason ON prescriptions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:prescriptions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END, 'PRESCRIPTION', 'prescriptions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'prescriptions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('visit_id',OLD.visit_id,NEW.visit_id),('treatment_plan_id',OLD.treatment_plan_id,NEW.treatment_plan_id),('prescribed_by',OLD.prescribed_by,NEW.prescribed_by),('prescribed_by_name',OLD.prescribed_by_name,NEW.prescribed_by_name),('drug_name',OLD.drug_name,NEW.drug_name),('drug_code',OLD.drug_code,NEW.drug_code),('dosage',OLD.dosage,NEW.dosage),('frequency',OLD.frequency,NEW.frequency),('route',OLD.route,NEW.route),('quantity',OLD.quantity,NEW.quantity),('quantity_filled',OLD.quantity_filled,NEW.quantity_filled),('refills_authorized',OLD.refills_authorized,NEW.refills_authorized),('refills_used',OLD.refills_used,NEW.refills_used),('start_date',OLD.start_date,NEW.start_date),('end_date',OLD.end_date,NEW.end_date),('instructions',OLD.instructions,NEW.instructions),('status',OLD.status,NEW.status),('pharmacy_name',OLD.pharmacy_name,NEW.pharmacy_name),('filled_date',OLD.filled_date,NEW.filled_date),('picked_up_date',OLD.picked_up_date,NEW.picked_up_date),('notes',OLD.notes,NEW.notes),('drug_catalog_id',OLD.drug_catalog_id,NEW.drug_catalog_id),('quantity_unit',OLD.quantity_unit,NEW.quantity_unit),('dose_amount',OLD.dose_amount,NEW.dose_amount),('dose_unit',OLD.dose_unit,NEW.dose_unit),('prescription_number',OLD.prescription_number,NEW.prescription_number),('document_id',OLD.document_id,NEW.document_id),('signed_at',OLD.signed_at,NEW.signed_at),('signed_by',OLD.signed_by,NEW.signed_by),('amends_id',OLD.amends_id,NEW.amends_id),('amendment_reason',OLD.amendment_reason,NEW.amendment_reason),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END = 'INSERT';
  UPDATE prescriptions SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_prescriptions BEFORE DELETE ON prescriptions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:prescriptions');
END
-- end
CREATE TRIGGER key_change_prescriptions BEFORE UPDATE OF id ON prescriptions
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:prescriptions');
END
-- end
CREATE TRIGGER sealed_row_prescriptions BEFORE UPDATE ON prescriptions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION') AND OLD.signed_at IS NOT NULL AND (OLD.student_id,OLD.visit_id,OLD.treatment_plan_id,OLD.prescribed_by,OLD.prescribed_by_name,OLD.drug_name,OLD.drug_code,OLD.dosage,OLD.frequency,OLD.route,OLD.quantity,OLD.refills_authorized,OLD.start_date,OLD.end_date,OLD.instructions,OLD.notes,OLD.drug_catalog_id,OLD.quantity_unit,OLD.dose_amount,OLD.dose_unit,OLD.prescription_number,OLD.document_id,OLD.signed_at,OLD.signed_by,OLD.amends_id,OLD.amendment_reason,OLD.deleted_at,OLD.deleted_by,OLD.delete_reason) IS NOT (NEW.student_id,NEW.visit_id,NEW.treatment_plan_id,NEW.prescribed_by,NEW.prescribed_by_name,NEW.drug_name,NEW.drug_code,NEW.dosage,NEW.frequency,NEW.route,NEW.quantity,NEW.refills_authorized,NEW.start_date,NEW.end_date,NEW.instructions,NEW.notes,NEW.drug_catalog_id,NEW.quantity_unit,NEW.dose_amount,NEW.dose_unit,NEW.prescription_number,NEW.document_id,NEW.signed_at,NEW.signed_by,NEW.amends_id,NEW.amendment_reason,NEW.deleted_at,NEW.deleted_by,NEW.delete_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:signed_row:prescriptions');
END
-- end
CREATE TRIGGER refuse_delete_report_executions BEFORE DELETE ON report_executions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:report_executions');
END
-- end
CREATE TRIGGER key_change_report_executions BEFORE UPDATE OF id ON report_executions
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:report_executions');
END
-- end
CREATE TRIGGER capture_insert_consent_requests AFTER INSERT ON consent_requests
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:consent_requests') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'CONSENT_REQUEST', 'consent_requests', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'consent_requests' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('consent_form_id',NEW.consent_form_id),('contact_id',NEW.contact_id),('channel',NEW.channel),('status',NEW.status),('sent_at',NEW.sent_at),('due_on',NEW.due_on),('answered_at',NEW.answered_at),('decline_reason',NEW.decline_reason),('consent_signature_id',NEW.consent_signature_id),('requested_by',NEW.requested_by),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE consent_requests SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_consent_requests AFTER UPDATE OF student_id,consent_form_id,contact_id,channel,status,sent_at,due_on,answered_at,decline_reason,consent_signature_id,requested_by,deleted_at,deleted_by,delete_reason ON consent_requests
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:consent_requests') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'CONSENT_REQUEST', 'consent_requests', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'consent_requests' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('consent_form_id',OLD.consent_form_id,NEW.consent_form_id),('contact_id',OLD.contact_id,NEW.contact_id),('channel',OLD.channel,NEW.channel),('status',OLD.status,NEW.status),('sent_at',OLD.sent_at,NEW.sent_at),('due_on',OLD.due_on,NEW.due_on),('answered_at',OLD.answered_at,NEW.answered_at),('decline_reason',OLD.decline_reason,NEW.decline_reason),('consent_signature_id',OLD.consent_signature_id,NEW.consent_signature_id),('requested_by',OLD.requested_by,NEW.requested_by),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE consent_requests SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_consent_requests BEFORE DELETE ON consent_requests
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:consent_requests');
END
-- end
CREATE TRIGGER key_change_consent_requests BEFORE UPDATE OF id ON consent_requests
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:consent_requests');
END
-- end
CREATE TRIGGER capture_insert_follow_up_actions AFTER INSERT ON follow_up_actions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:follow_up_actions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'FOLLOW_UP_ACTION', 'follow_up_actions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'follow_up_actions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('incident_report_id',NEW.incident_report_id),('action',NEW.action),('due_date',NEW.due_date),('priority',NEW.priority),('status',NEW.status),('assigned_to',NEW.assigned_to),('completed_at',NEW.completed_at),('completed_by',NEW.completed_by),('notes',NEW.notes),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE follow_up_actions SET scope_id = (SELECT scope_id FROM incident_reports WHERE id = NEW.incident_report_id)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_follow_up_actions AFTER UPDATE OF incident_report_id,action,due_date,priority,status,assigned_to,completed_at,completed_by,notes,deleted_at,deleted_by,delete_reason ON follow_up_actions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:follow_up_actions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'FOLLOW_UP_ACTION', 'follow_up_actions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'follow_up_actions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('incident_report_id',OLD.incident_report_id,NEW.incident_report_id),('action',OLD.action,NEW.action),('due_date',OLD.due_date,NEW.due_date),('priority',OLD.priority,NEW.priority),('status',OLD.status,NEW.status),('assigned_to',OLD.assigned_to,NEW.assigned_to),('completed_at',OLD.completed_at,NEW.completed_at),('completed_by',OLD.completed_by,NEW.completed_by),('notes',OLD.notes,NEW.notes),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE follow_up_actions SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_follow_up_actions BEFORE DELETE ON follow_up_actions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:follow_up_actions');
END
-- end
CREATE TRIGGER key_change_follow_up_actions BEFORE UPDATE OF id ON follow_up_actions
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:follow_up_actions');
END
-- end
CREATE TRIGGER capture_insert_witness_statements AFTER INSERT ON witness_statements
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:witness_statements') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'WITNESS_STATEMENT', 'witness_statements', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'witness_statements' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('incident_report_id',NEW.incident_report_id),('witness_name',NEW.witness_name),('witness_type',NEW.witness_type),('witness_contact',NEW.witness_contact),('statement',NEW.statement),('verified',NEW.verified),('verified_by',NEW.verified_by),('verified_at',NEW.verified_at),('signed_at',NEW.signed_at),('signed_by',NEW.signed_by),('amends_id',NEW.amends_id),('amendment_reason',NEW.amendment_reason),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE witness_statements SET scope_id = (SELECT scope_id FROM incident_reports WHERE id = NEW.incident_report_id)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_witness_statements AFTER UPDATE OF incident_report_id,witness_name,witness_type,witness_contact,statement,verified,verified_by,verified_at,signed_at,signed_by,amends_id,amendment_reason,deleted_at,deleted_by,delete_reason ON witness_statements
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:witness_statements') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END, 'WITNESS_STATEMENT', 'witness_statements', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'witness_statements' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('incident_report_id',OLD.incident_report_id,NEW.incident_report_id),('witness_name',OLD.witness_name,NEW.witness_name),('witness_type',OLD.witness_type,NEW.witness_type),('witness_contact',OLD.witness_contact,NEW.witness_contact),('statement',OLD.statement,NEW.statement),('verified',OLD.verified,NEW.verified),('verified_by',OLD.verified_by,NEW.verified_by),('verified_at',OLD.verified_at,NEW.verified_at),('signed_at',OLD.signed_at,NEW.signed_at),('signed_by',OLD.signed_by,NEW.signed_by),('amends_id',OLD.amends_id,NEW.amends_id),('amendment_reason',OLD.amendment_reason,NEW.amendment_reason),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END = 'INSERT';
  UPDATE witness_statements SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_witness_statements BEFORE DELETE ON witness_statements
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:witness_statements');
END
-- end
CREATE TRIGGER key_change_witness_statements BEFORE UPDATE OF id ON witness_statements
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:witness_statements');
END
-- end
CREATE TRIGGER sealed_row_witness_statements BEFORE UPDATE ON witness_statements
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION') AND OLD.signed_at IS NOT NULL AND (OLD.incident_report_id,OLD.witness_name,OLD.witness_type,OLD.witness_contact,OLD.statement,OLD.signed_at,OLD.signed_by,OLD.amends_id,OLD.amendment_reason,OLD.deleted_at,OLD.deleted_by,OLD.delete_reason) IS NOT (NEW.incident_report_id,NEW.witness_name,NEW.witness_type,NEW.witness_contact,NEW.statement,NEW.signed_at,NEW.signed_by,NEW.amends_id,NEW.amendment_reason,NEW.deleted_at,NEW.deleted_by,NEW.delete_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:signed_row:witness_statements');
END
-- end
CREATE TRIGGER capture_insert_growth_tracking AFTER INSERT ON growth_tracking
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:growth_tracking') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'GROWTH_TRACKING', 'growth_tracking', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'growth_tracking' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('measurement_date',NEW.measurement_date),('height',NEW.height),('height_unit',NEW.height_unit),('weight',NEW.weight),('weight_unit',NEW.weight_unit),('notes',NEW.notes),('measured_by',NEW.measured_by),('vital_signs_id',NEW.vital_signs_id),('zone_offset_minutes',NEW.zone_offset_minutes),('signed_at',NEW.signed_at),('signed_by',NEW.signed_by),('amends_id',NEW.amends_id),('amendment_reason',NEW.amendment_reason),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE growth_tracking SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_growth_tracking AFTER UPDATE OF student_id,measurement_date,height,height_unit,weight,weight_unit,notes,measured_by,vital_signs_id,zone_offset_minutes,signed_at,signed_by,amends_id,amendment_reason,deleted_at,deleted_by,delete_reason ON growth_tracking
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:growth_tracking') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END, 'GROWTH_TRACKING', 'growth_tracking', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'growth_tracking' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('measurement_date',OLD.measurement_date,NEW.measurement_date),('height',OLD.height,NEW.height),('height_unit',OLD.height_unit,NEW.height_unit),('weight',OLD.weight,NEW.weight),('weight_unit',OLD.weight_unit,NEW.weight_unit),('notes',OLD.notes,NEW.notes),('measured_by',OLD.measured_by,NEW.measured_by),('vital_signs_id',OLD.vital_signs_id,NEW.vital_signs_id),('zone_offset_minutes',OLD.zone_offset_minutes,NEW.zone_offset_minutes),('signed_at',OLD.signed_at,NEW.signed_at),('signed_by',OLD.signed_by,NEW.signed_by),('amends_id',OLD.amends_id,NEW.amends_id),('amendment_reason',OLD.amendment_reason,NEW.amendment_reason),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END = 'INSERT';
  UPDATE growth_tracking SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_growth_tracking BEFORE DELETE ON growth_tracking
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:growth_tracking');
END
-- end
CREATE TRIGGER key_change_growth_tracking BEFORE UPDATE OF id ON growth_tracking
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:growth_tracking');
END
-- end
CREATE TRIGGER sealed_row_growth_tracking BEFORE UPDATE ON growth_tracking
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION') AND OLD.signed_at IS NOT NULL AND (OLD.student_id,OLD.measurement_date,OLD.height,OLD.height_unit,OLD.weight,OLD.weight_unit,OLD.notes,OLD.measured_by,OLD.vital_signs_id,OLD.zone_offset_minutes,OLD.signed_at,OLD.signed_by,OLD.amends_id,OLD.amendment_reason,OLD.deleted_at,OLD.deleted_by,OLD.delete_reason) IS NOT (NEW.student_id,NEW.measurement_date,NEW.height,NEW.height_unit,NEW.weight,NEW.weight_unit,NEW.notes,NEW.measured_by,NEW.vital_signs_id,NEW.zone_offset_minutes,NEW.signed_at,NEW.signed_by,NEW.amends_id,NEW.amendment_reason,NEW.deleted_at,NEW.deleted_by,NEW.delete_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:signed_row:growth_tracking');
END
-- end
CREATE TRIGGER capture_insert_medical_history AFTER INSERT ON medical_history
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:medical_history') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'MEDICAL_HISTORY', 'medical_history', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'medical_history' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('record_type',NEW.record_type),('condition',NEW.condition),('diagnosis_code',NEW.diagnosis_code),('diagnosis_date',NEW.diagnosis_date),('resolved_date',NEW.resolved_date),('is_active',NEW.is_active),('severity',NEW.severity),('category',NEW.category),('treatment',NEW.treatment),('medication',NEW.medication),('notes',NEW.notes),('is_family_history',NEW.is_family_history),('family_relation',NEW.family_relation),('is_critical',NEW.is_critical),('requires_monitoring',NEW.requires_monitoring),('allergy_id',NEW.allergy_id),('chronic_condition_id',NEW.chronic_condition_id),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE medical_history SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_medical_history AFTER UPDATE OF student_id,record_type,condition,diagnosis_code,diagnosis_date,resolved_date,is_active,severity,category,treatment,medication,notes,is_family_history,family_relation,is_critical,requires_monitoring,allergy_id,chronic_condition_id,deleted_at,deleted_by,delete_reason ON medical_history
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:medical_history') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'MEDICAL_HISTORY', 'medical_history', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'medical_history' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('record_type',OLD.record_type,NEW.record_type),('condition',OLD.condition,NEW.condition),('diagnosis_code',OLD.diagnosis_code,NEW.diagnosis_code),('diagnosis_date',OLD.diagnosis_date,NEW.diagnosis_date),('resolved_date',OLD.resolved_date,NEW.resolved_date),('is_active',OLD.is_active,NEW.is_active),('severity',OLD.severity,NEW.severity),('category',OLD.category,NEW.category),('treatment',OLD.treatment,NEW.treatment),('medication',OLD.medication,NEW.medication),('notes',OLD.notes,NEW.notes),('is_family_history',OLD.is_family_history,NEW.is_family_history),('family_relation',OLD.family_relation,NEW.family_relation),('is_critical',OLD.is_critical,NEW.is_critical),('requires_monitoring',OLD.requires_monitoring,NEW.requires_monitoring),('allergy_id',OLD.allergy_id,NEW.allergy_id),('chronic_condition_id',OLD.chronic_condition_id,NEW.chronic_condition_id),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE medical_history SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_medical_history BEFORE DELETE ON medical_history
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:medical_history');
END
-- end
CREATE TRIGGER key_change_medical_history BEFORE UPDATE OF id ON medical_history
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:medical_history');
END
-- end
CREATE TRIGGER capture_insert_maintenance_logs AFTER INSERT ON maintenance_logs
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:maintenance_logs') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'MAINTENANCE_LOG', 'maintenance_logs', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'maintenance_logs' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('inventory_item_id',NEW.inventory_item_id),('type',NEW.type),('description',NEW.description),('performed_by_id',NEW.performed_by_id),('performed_by_id_name',NEW.performed_by_id_name),('cost',NEW.cost),('next_maintenance_date',NEW.next_maintenance_date),('notes',NEW.notes),('school_id',NEW.school_id),('vendor_id',NEW.vendor_id),('currency',NEW.currency),('performed_at',NEW.performed_at),('supersedes_id',NEW.supersedes_id),('revision',NEW.revision),('entry_kind',NEW.entry_kind),('correction_reason',NEW.correction_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE maintenance_logs SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_maintenance_logs AFTER UPDATE OF inventory_item_id,type,description,performed_by_id,performed_by_id_name,cost,next_maintenance_date,notes,school_id,vendor_id,currency,performed_at,supersedes_id,revision,entry_kind,correction_reason ON maintenance_logs
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:maintenance_logs') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'UPDATE', 'MAINTENANCE_LOG', 'maintenance_logs', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'maintenance_logs' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('inventory_item_id',OLD.inventory_item_id,NEW.inventory_item_id),('type',OLD.type,NEW.type),('description',OLD.description,NEW.description),('performed_by_id',OLD.performed_by_id,NEW.performed_by_id),('performed_by_id_name',OLD.performed_by_id_name,NEW.performed_by_id_name),('cost',OLD.cost,NEW.cost),('next_maintenance_date',OLD.next_maintenance_date,NEW.next_maintenance_date),('notes',OLD.notes,NEW.notes),('school_id',OLD.school_id,NEW.school_id),('vendor_id',OLD.vendor_id,NEW.vendor_id),('currency',OLD.currency,NEW.currency),('performed_at',OLD.performed_at,NEW.performed_at),('supersedes_id',OLD.supersedes_id,NEW.supersedes_id),('revision',OLD.revision,NEW.revision),('entry_kind',OLD.entry_kind,NEW.entry_kind),('correction_reason',OLD.correction_reason,NEW.correction_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR 'UPDATE' = 'INSERT';
  UPDATE maintenance_logs SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_maintenance_logs BEFORE DELETE ON maintenance_logs
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:maintenance_logs');
END
-- end
CREATE TRIGGER key_change_maintenance_logs BEFORE UPDATE OF id ON maintenance_logs
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:maintenance_logs');
END
-- end
CREATE TRIGGER append_only_maintenance_logs BEFORE UPDATE ON maintenance_logs
WHEN (OLD.inventory_item_id,OLD.type,OLD.description,OLD.performed_by_id,OLD.performed_by_id_name,OLD.cost,OLD.next_maintenance_date,OLD.notes,OLD.school_id,OLD.vendor_id,OLD.currency,OLD.performed_at,OLD.supersedes_id,OLD.revision,OLD.entry_kind,OLD.correction_reason) IS NOT (NEW.inventory_item_id,NEW.type,NEW.description,NEW.performed_by_id,NEW.performed_by_id_name,NEW.cost,NEW.next_maintenance_date,NEW.notes,NEW.school_id,NEW.vendor_id,NEW.currency,NEW.performed_at,NEW.supersedes_id,NEW.revision,NEW.entry_kind,NEW.correction_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:append_only:maintenance_logs');
END
-- end
CREATE TRIGGER capture_insert_purchase_order_items AFTER INSERT ON purchase_order_items
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:purchase_order_items') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'PURCHASE_ORDER_ITEM', 'purchase_order_items', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'purchase_order_items' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('purchase_order_id',NEW.purchase_order_id),('inventory_item_id',NEW.inventory_item_id),('quantity',NEW.quantity),('unit_cost',NEW.unit_cost),('total_cost',NEW.total_cost),('quantity_received',NEW.quantity_received),('currency',NEW.currency),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE purchase_order_items SET scope_id = (SELECT scope_id FROM purchase_orders WHERE id = NEW.purchase_order_id)
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_purchase_order_items AFTER UPDATE OF purchase_order_id,inventory_item_id,quantity,unit_cost,total_cost,quantity_received,currency,deleted_at,deleted_by,delete_reason ON purchase_order_items
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:purchase_order_items') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'PURCHASE_ORDER_ITEM', 'purchase_order_items', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'purchase_order_items' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('purchase_order_id',OLD.purchase_order_id,NEW.purchase_order_id),('inventory_item_id',OLD.inventory_item_id,NEW.inventory_item_id),('quantity',OLD.quantity,NEW.quantity),('unit_cost',OLD.unit_cost,NEW.unit_cost),('total_cost',OLD.total_cost,NEW.total_cost),('quantity_received',OLD.quantity_received,NEW.quantity_received),('currency',OLD.currency,NEW.currency),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE purchase_order_items SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_purchase_order_items BEFORE DELETE ON purchase_order_items
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:purchase_order_items');
END
-- end
CREATE TRIGGER key_change_purchase_order_items BEFORE UPDATE OF id ON purchase_order_items
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:purchase_order_items');
END
-- end
CREATE TRIGGER capture_insert_student_medications AFTER INSERT ON student_medications
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:student_medications') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'STUDENT_MEDICATION', 'student_medications', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'student_medications' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('medication_id',NEW.medication_id),('dosage',NEW.dosage),('frequency',NEW.frequency),('route',NEW.route),('instructions',NEW.instructions),('start_date',NEW.start_date),('end_date',NEW.end_date),('is_active',NEW.is_active),('prescribed_by',NEW.prescribed_by),('prescribed_by_name',NEW.prescribed_by_name),('prescription_number',NEW.prescription_number),('refills_remaining',NEW.refills_remaining),('root_id',NEW.root_id),('version',NEW.version),('previous_version_id',NEW.previous_version_id),('status',NEW.status),('status_reason',NEW.status_reason),('status_changed_at',NEW.status_changed_at),('status_changed_by',NEW.status_changed_by),('activated_at',NEW.activated_at),('activated_by',NEW.activated_by),('prescription_id',NEW.prescription_id),('consent_signature_id',NEW.consent_signature_id),('standing_order_id',NEW.standing_order_id),('prescriber_phone',NEW.prescriber_phone),('prescriber_npi',NEW.prescriber_npi),('dose_amount',NEW.dose_amount),('dose_unit',NEW.dose_unit),('form_count',NEW.form_count),('form_unit',NEW.form_unit),('strength_amount',NEW.strength_amount),('strength_unit',NEW.strength_unit),('half_tablet_allowed',NEW.half_tablet_allowed),('weight_based',NEW.weight_based),('dose_per_kg',NEW.dose_per_kg),('weight_kg',NEW.weight_kg),('schedule_kind',NEW.schedule_kind),('times_of_day',NEW.times_of_day),('days_of_week',NEW.days_of_week),('window_before_minutes',NEW.window_before_minutes),('window_after_minutes',NEW.window_after_minutes),('prn_min_interval_minutes',NEW.prn_min_interval_minutes),('prn_max_per_day',NEW.prn_max_per_day),('prn_indications',NEW.prn_indications),('prn_precheck',NEW.prn_precheck),('effect_check_minutes',NEW.effect_check_minutes),('is_controlled',NEW.is_controlled),('requires_witness',NEW.requires_witness),('emergency',NEW.emergency),('self_carry',NEW.self_carry),('delegation_allowed',NEW.delegation_allowed),('first_dose_given_elsewhere',NEW.first_dose_given_elsewhere),('signed_at',NEW.signed_at),('signed_by',NEW.signed_by),('amends_id',NEW.amends_id),('amendment_reason',NEW.amendment_reason),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE student_medications SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_student_medications AFTER UPDATE OF student_id,medication_id,dosage,frequency,route,instructions,start_date,end_date,is_active,prescribed_by,prescribed_by_name,prescription_number,refills_remaining,root_id,version,previous_version_id,status,status_reason,status_changed_at,status_changed_by,activated_at,activated_by,prescription_id,consent_signature_id,standing_order_id,prescriber_phone,prescriber_npi,dose_amount,dose_unit,form_count,form_unit,strength_amount,strength_unit,half_tablet_allowed,weight_based,dose_per_kg,weight_kg,schedule_kind,times_of_day,days_of_week,window_before_minutes,window_after_minutes,prn_min_interval_minutes,prn_max_per_day,prn_indications,prn_precheck,effect_check_minutes,is_controlled,requires_witness,emergency,self_carry,delegation_allowed,first_dose_given_elsewhere,signed_at,signed_by,amends_id,amendment_reason,deleted_at,deleted_by,delete_reason ON student_medications
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:student_medications') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.activated_at IS NULL AND NEW.activated_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END, 'STUDENT_MEDICATION', 'student_medications', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'student_medications' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('medication_id',OLD.medication_id,NEW.medication_id),('dosage',OLD.dosage,NEW.dosage),('frequency',OLD.frequency,NEW.frequency),('route',OLD.route,NEW.route),('instructions',OLD.instructions,NEW.instructions),('start_date',OLD.start_date,NEW.start_date),('end_date',OLD.end_date,NEW.end_date),('is_active',OLD.is_active,NEW.is_active),('prescribed_by',OLD.prescribed_by,NEW.prescribed_by),('prescribed_by_name',OLD.prescribed_by_name,NEW.prescribed_by_name),('prescription_number',OLD.prescription_number,NEW.prescription_number),('refills_remaining',OLD.refills_remaining,NEW.refills_remaining),('root_id',OLD.root_id,NEW.root_id),('version',OLD.version,NEW.version),('previous_version_id',OLD.previous_version_id,NEW.previous_version_id),('status',OLD.status,NEW.status),('status_reason',OLD.status_reason,NEW.status_reason),('status_changed_at',OLD.status_changed_at,NEW.status_changed_at),('status_changed_by',OLD.status_changed_by,NEW.status_changed_by),('activated_at',OLD.activated_at,NEW.activated_at),('activated_by',OLD.activated_by,NEW.activated_by),('prescription_id',OLD.prescription_id,NEW.prescription_id),('consent_signature_id',OLD.consent_signature_id,NEW.consent_signature_id),('standing_order_id',OLD.standing_order_id,NEW.standing_order_id),('prescriber_phone',OLD.prescriber_phone,NEW.prescriber_phone),('prescriber_npi',OLD.prescriber_npi,NEW.prescriber_npi),('dose_amount',OLD.dose_amount,NEW.dose_amount),('dose_unit',OLD.dose_unit,NEW.dose_unit),('form_count',OLD.form_count,NEW.form_count),('form_unit',OLD.form_unit,NEW.form_unit),('strength_amount',OLD.strength_amount,NEW.strength_amount),('strength_unit',OLD.strength_unit,NEW.strength_unit),('half_tablet_allowed',OLD.half_tablet_allowed,NEW.half_tablet_allowed),('weight_based',OLD.weight_based,NEW.weight_based),('dose_per_kg',OLD.dose_per_kg,NEW.dose_per_kg),('weight_kg',OLD.weight_kg,NEW.weight_kg),('schedule_kind',OLD.schedule_kind,NEW.schedule_kind),('times_of_day',OLD.times_of_day,NEW.times_of_day),('days_of_week',OLD.days_of_week,NEW.days_of_week),('window_before_minutes',OLD.window_before_minutes,NEW.window_before_minutes),('window_after_minutes',OLD.window_after_minutes,NEW.window_after_minutes),('prn_min_interval_minutes',OLD.prn_min_interval_minutes,NEW.prn_min_interval_minutes),('prn_max_per_day',OLD.prn_max_per_day,NEW.prn_max_per_day),('prn_indications',OLD.prn_indications,NEW.prn_indications),('prn_precheck',OLD.prn_precheck,NEW.prn_precheck),('effect_check_minutes',OLD.effect_check_minutes,NEW.effect_check_minutes),('is_controlled',OLD.is_controlled,NEW.is_controlled),('requires_witness',OLD.requires_witness,NEW.requires_witness),('emergency',OLD.emergency,NEW.emergency),('self_carry',OLD.self_carry,NEW.self_carry),('delegation_allowed',OLD.delegation_allowed,NEW.delegation_allowed),('first_dose_given_elsewhere',OLD.first_dose_given_elsewhere,NEW.first_dose_given_elsewhere),('signed_at',OLD.signed_at,NEW.signed_at),('signed_by',OLD.signed_by,NEW.signed_by),('amends_id',OLD.amends_id,NEW.amends_id),('amendment_reason',OLD.amendment_reason,NEW.amendment_reason),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.activated_at IS NULL AND NEW.activated_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END = 'INSERT';
  UPDATE student_medications SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_student_medications BEFORE DELETE ON student_medications
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:student_medications');
END
-- end
CREATE TRIGGER key_change_student_medications BEFORE UPDATE OF id ON student_medications
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:student_medications');
END
-- end
CREATE TRIGGER sealed_row_student_medications BEFORE UPDATE ON student_medications
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION') AND OLD.activated_at IS NOT NULL AND (OLD.student_id,OLD.medication_id,OLD.dosage,OLD.frequency,OLD.route,OLD.instructions,OLD.start_date,OLD.end_date,OLD.prescribed_by,OLD.prescribed_by_name,OLD.prescription_number,OLD.root_id,OLD.version,OLD.previous_version_id,OLD.activated_at,OLD.activated_by,OLD.prescription_id,OLD.consent_signature_id,OLD.standing_order_id,OLD.prescriber_phone,OLD.prescriber_npi,OLD.dose_amount,OLD.dose_unit,OLD.form_count,OLD.form_unit,OLD.strength_amount,OLD.strength_unit,OLD.half_tablet_allowed,OLD.weight_based,OLD.dose_per_kg,OLD.weight_kg,OLD.schedule_kind,OLD.times_of_day,OLD.days_of_week,OLD.window_before_minutes,OLD.window_after_minutes,OLD.prn_min_interval_minutes,OLD.prn_max_per_day,OLD.prn_indications,OLD.prn_precheck,OLD.effect_check_minutes,OLD.is_controlled,OLD.requires_witness,OLD.emergency,OLD.self_carry,OLD.delegation_allowed,OLD.signed_at,OLD.signed_by,OLD.amends_id,OLD.amendment_reason,OLD.deleted_at,OLD.deleted_by,OLD.delete_reason) IS NOT (NEW.student_id,NEW.medication_id,NEW.dosage,NEW.frequency,NEW.route,NEW.instructions,NEW.start_date,NEW.end_date,NEW.prescribed_by,NEW.prescribed_by_name,NEW.prescription_number,NEW.root_id,NEW.version,NEW.previous_version_id,NEW.activated_at,NEW.activated_by,NEW.prescription_id,NEW.consent_signature_id,NEW.standing_order_id,NEW.prescriber_phone,NEW.prescriber_npi,NEW.dose_amount,NEW.dose_unit,NEW.form_count,NEW.form_unit,NEW.strength_amount,NEW.strength_unit,NEW.half_tablet_allowed,NEW.weight_based,NEW.dose_per_kg,NEW.weight_kg,NEW.schedule_kind,NEW.times_of_day,NEW.days_of_week,NEW.window_before_minutes,NEW.window_after_minutes,NEW.prn_min_interval_minutes,NEW.prn_max_per_day,NEW.prn_indications,NEW.prn_precheck,NEW.effect_check_minutes,NEW.is_controlled,NEW.requires_witness,NEW.emergency,NEW.self_carry,NEW.delegation_allowed,NEW.signed_at,NEW.signed_by,NEW.amends_id,NEW.amendment_reason,NEW.deleted_at,NEW.deleted_by,NEW.delete_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:signed_row:student_medications');
END
-- end
CREATE TRIGGER capture_insert_mental_health_records AFTER INSERT ON mental_health_records
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:mental_health_records') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'MENTAL_HEALTH_RECORD', 'mental_health_records', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'mental_health_records' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('record_type',NEW.record_type),('record_date',NEW.record_date),('counselor_id',NEW.counselor_id),('therapist_id',NEW.therapist_id),('psychiatrist_id',NEW.psychiatrist_id),('title',NEW.title),('session_notes',NEW.session_notes),('assessment',NEW.assessment),('diagnosis',NEW.diagnosis),('diagnosis_code',NEW.diagnosis_code),('treatment_plan',NEW.treatment_plan),('risk_level',NEW.risk_level),('risk_factors',NEW.risk_factors),('protective_factors',NEW.protective_factors),('interventions',NEW.interventions),('follow_up_required',NEW.follow_up_required),('follow_up_date',NEW.follow_up_date),('follow_up_completed',NEW.follow_up_completed),('referral_to',NEW.referral_to),('referral_reason',NEW.referral_reason),('confidentiality_level',NEW.confidentiality_level),('parent_notified',NEW.parent_notified),('parent_notification_date',NEW.parent_notification_date),('attachments',NEW.attachments),('metadata',NEW.metadata),('consent_signature_id',NEW.consent_signature_id),('zone_offset_minutes',NEW.zone_offset_minutes),('signed_at',NEW.signed_at),('signed_by',NEW.signed_by),('amends_id',NEW.amends_id),('amendment_reason',NEW.amendment_reason),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE mental_health_records SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_mental_health_records AFTER UPDATE OF student_id,record_type,record_date,counselor_id,therapist_id,psychiatrist_id,title,session_notes,assessment,diagnosis,diagnosis_code,treatment_plan,risk_level,risk_factors,protective_factors,interventions,follow_up_required,follow_up_date,follow_up_completed,referral_to,referral_reason,confidentiality_level,parent_notified,parent_notification_date,attachments,metadata,consent_signature_id,zone_offset_minutes,signed_at,signed_by,amends_id,amendment_reason,deleted_at,deleted_by,delete_reason ON mental_health_records
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:mental_health_records') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END, 'MENTAL_HEALTH_RECORD', 'mental_health_records', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'mental_health_records' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('record_type',OLD.record_type,NEW.record_type),('record_date',OLD.record_date,NEW.record_date),('counselor_id',OLD.counselor_id,NEW.counselor_id),('therapist_id',OLD.therapist_id,NEW.therapist_id),('psychiatrist_id',OLD.psychiatrist_id,NEW.psychiatrist_id),('title',OLD.title,NEW.title),('session_notes',OLD.session_notes,NEW.session_notes),('assessment',OLD.assessment,NEW.assessment),('diagnosis',OLD.diagnosis,NEW.diagnosis),('diagnosis_code',OLD.diagnosis_code,NEW.diagnosis_code),('treatment_plan',OLD.treatment_plan,NEW.treatment_plan),('risk_level',OLD.risk_level,NEW.risk_level),('risk_factors',OLD.risk_factors,NEW.risk_factors),('protective_factors',OLD.protective_factors,NEW.protective_factors),('interventions',OLD.interventions,NEW.interventions),('follow_up_required',OLD.follow_up_required,NEW.follow_up_required),('follow_up_date',OLD.follow_up_date,NEW.follow_up_date),('follow_up_completed',OLD.follow_up_completed,NEW.follow_up_completed),('referral_to',OLD.referral_to,NEW.referral_to),('referral_reason',OLD.referral_reason,NEW.referral_reason),('confidentiality_level',OLD.confidentiality_level,NEW.confidentiality_level),('parent_notified',OLD.parent_notified,NEW.parent_notified),('parent_notification_date',OLD.parent_notification_date,NEW.parent_notification_date),('attachments',OLD.attachments,NEW.attachments),('metadata',OLD.metadata,NEW.metadata),('consent_signature_id',OLD.consent_signature_id,NEW.consent_signature_id),('zone_offset_minutes',OLD.zone_offset_minutes,NEW.zone_offset_minutes),('signed_at',OLD.signed_at,NEW.signed_at),('signed_by',OLD.signed_by,NEW.signed_by),('amends_id',OLD.amends_id,NEW.amends_id),('amendment_reason',OLD.amendment_reason,NEW.amendment_reason),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' WHEN OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL THEN 'SIGN' ELSE 'UPDATE' END = 'INSERT';
  UPDATE mental_health_records SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_mental_health_records BEFORE DELETE ON mental_health_records
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:mental_health_records');
END
-- end
CREATE TRIGGER key_change_mental_health_records BEFORE UPDATE OF id ON mental_health_records
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:mental_health_records');
END
-- end
CREATE TRIGGER sealed_row_mental_health_records BEFORE UPDATE ON mental_health_records
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION') AND OLD.signed_at IS NOT NULL AND (OLD.student_id,OLD.record_type,OLD.record_date,OLD.counselor_id,OLD.therapist_id,OLD.psychiatrist_id,OLD.title,OLD.session_notes,OLD.assessment,OLD.diagnosis,OLD.diagnosis_code,OLD.treatment_plan,OLD.risk_level,OLD.risk_factors,OLD.protective_factors,OLD.interventions,OLD.referral_to,OLD.referral_reason,OLD.confidentiality_level,OLD.attachments,OLD.metadata,OLD.consent_signature_id,OLD.zone_offset_minutes,OLD.signed_at,OLD.signed_by,OLD.amends_id,OLD.amendment_reason,OLD.deleted_at,OLD.deleted_by,OLD.delete_reason) IS NOT (NEW.student_id,NEW.record_type,NEW.record_date,NEW.counselor_id,NEW.therapist_id,NEW.psychiatrist_id,NEW.title,NEW.session_notes,NEW.assessment,NEW.diagnosis,NEW.diagnosis_code,NEW.treatment_plan,NEW.risk_level,NEW.risk_factors,NEW.protective_factors,NEW.interventions,NEW.referral_to,NEW.referral_reason,NEW.confidentiality_level,NEW.attachments,NEW.metadata,NEW.consent_signature_id,NEW.zone_offset_minutes,NEW.signed_at,NEW.signed_by,NEW.amends_id,NEW.amendment_reason,NEW.deleted_at,NEW.deleted_by,NEW.delete_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:signed_row:mental_health_records');
END
-- end
CREATE TRIGGER capture_insert_student_drug_allergies AFTER INSERT ON student_drug_allergies
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:student_drug_allergies') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'STUDENT_DRUG_ALLERGY', 'student_drug_allergies', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'student_drug_allergies' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('drug_id',NEW.drug_id),('allergy_type',NEW.allergy_type),('reaction',NEW.reaction),('severity',NEW.severity),('notes',NEW.notes),('diagnosed_date',NEW.diagnosed_date),('diagnosed_by',NEW.diagnosed_by),('diagnosed_by_name',NEW.diagnosed_by_name),('allergy_id',NEW.allergy_id),('ingredient_code',NEW.ingredient_code),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE student_drug_allergies SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_student_drug_allergies AFTER UPDATE OF student_id,drug_id,allergy_type,reaction,severity,notes,diagnosed_date,diagnosed_by,diagnosed_by_name,allergy_id,ingredient_code,deleted_at,deleted_by,delete_reason ON student_drug_allergies
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:student_drug_allergies') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'STUDENT_DRUG_ALLERGY', 'student_drug_allergies', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'student_drug_allergies' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('drug_id',OLD.drug_id,NEW.drug_id),('allergy_type',OLD.allergy_type,NEW.allergy_type),('reaction',OLD.reaction,NEW.reaction),('severity',OLD.severity,NEW.severity),('notes',OLD.notes,NEW.notes),('diagnosed_date',OLD.diagnosed_date,NEW.diagnosed_date),('diagnosed_by',OLD.diagnosed_by,NEW.diagnosed_by),('diagnosed_by_name',OLD.diagnosed_by_name,NEW.diagnosed_by_name),('allergy_id',OLD.allergy_id,NEW.allergy_id),('ingredient_code',OLD.ingredient_code,NEW.ingredient_code),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE student_drug_allergies SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_student_drug_allergies BEFORE DELETE ON student_drug_allergies
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:student_drug_allergies');
END
-- end
CREATE TRIGGER key_change_student_drug_allergies BEFORE UPDATE OF id ON student_drug_allergies
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:student_drug_allergies');
END
-- end
CREATE TRIGGER capture_insert_inventory_lots AFTER INSERT ON inventory_lots
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:inventory_lots') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'INVENTORY_LOT', 'inventory_lots', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'inventory_lots' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('inventory_item_id',NEW.inventory_item_id),('school_id',NEW.school_id),('medication_id',NEW.medication_id),('student_id',NEW.student_id),('lot_number',NEW.lot_number),('expires_on',NEW.expires_on),('expiry_unknown_reason',NEW.expiry_unknown_reason),('ndc',NEW.ndc),('unit',NEW.unit),('pack_size',NEW.pack_size),('is_controlled',NEW.is_controlled),('is_estimate',NEW.is_estimate),('status',NEW.status),('quarantine_reason',NEW.quarantine_reason),('received_on',NEW.received_on),('opened_on',NEW.opened_on),('funding',NEW.funding),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE inventory_lots SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_inventory_lots AFTER UPDATE OF inventory_item_id,school_id,medication_id,student_id,lot_number,expires_on,expiry_unknown_reason,ndc,unit,pack_size,is_controlled,is_estimate,status,quarantine_reason,received_on,opened_on,funding,deleted_at,deleted_by,delete_reason ON inventory_lots
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:inventory_lots') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'INVENTORY_LOT', 'inventory_lots', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'inventory_lots' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('inventory_item_id',OLD.inventory_item_id,NEW.inventory_item_id),('school_id',OLD.school_id,NEW.school_id),('medication_id',OLD.medication_id,NEW.medication_id),('student_id',OLD.student_id,NEW.student_id),('lot_number',OLD.lot_number,NEW.lot_number),('expires_on',OLD.expires_on,NEW.expires_on),('expiry_unknown_reason',OLD.expiry_unknown_reason,NEW.expiry_unknown_reason),('ndc',OLD.ndc,NEW.ndc),('unit',OLD.unit,NEW.unit),('pack_size',OLD.pack_size,NEW.pack_size),('is_controlled',OLD.is_controlled,NEW.is_controlled),('is_estimate',OLD.is_estimate,NEW.is_estimate),('status',OLD.status,NEW.status),('quarantine_reason',OLD.quarantine_reason,NEW.quarantine_reason),('received_on',OLD.received_on,NEW.received_on),('opened_on',OLD.opened_on,NEW.opened_on),('funding',OLD.funding,NEW.funding),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE inventory_lots SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_inventory_lots BEFORE DELETE ON inventory_lots
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:inventory_lots');
END
-- end
CREATE TRIGGER key_change_inventory_lots BEFORE UPDATE OF id ON inventory_lots
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:inventory_lots');
END
-- end
CREATE TRIGGER capture_insert_inventory_transactions AFTER INSERT ON inventory_transactions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:inventory_transactions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'INVENTORY_TRANSACTION', 'inventory_transactions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'inventory_transactions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('inventory_item_id',NEW.inventory_item_id),('type',NEW.type),('quantity',NEW.quantity),('unit_cost',NEW.unit_cost),('reason',NEW.reason),('batch_number',NEW.batch_number),('expiration_date',NEW.expiration_date),('performed_by_id',NEW.performed_by_id),('notes',NEW.notes),('school_id',NEW.school_id),('lot_id',NEW.lot_id),('location',NEW.location),('unit',NEW.unit),('currency',NEW.currency),('occurred_at',NEW.occurred_at),('zone_offset_minutes',NEW.zone_offset_minutes),('is_controlled',NEW.is_controlled),('witness_id',NEW.witness_id),('witness_name',NEW.witness_name),('witness_signature_id',NEW.witness_signature_id),('count_before',NEW.count_before),('count_after',NEW.count_after),('is_estimate',NEW.is_estimate),('transfer_id',NEW.transfer_id),('purchase_order_item_id',NEW.purchase_order_item_id),('disposal_method',NEW.disposal_method),('device_id',NEW.device_id),('supersedes_id',NEW.supersedes_id),('revision',NEW.revision),('entry_kind',NEW.entry_kind),('correction_reason',NEW.correction_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE inventory_transactions SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_inventory_transactions AFTER UPDATE OF inventory_item_id,type,quantity,unit_cost,reason,batch_number,expiration_date,performed_by_id,notes,school_id,lot_id,location,unit,currency,occurred_at,zone_offset_minutes,is_controlled,witness_id,witness_name,witness_signature_id,count_before,count_after,is_estimate,transfer_id,purchase_order_item_id,disposal_method,device_id,supersedes_id,revision,entry_kind,correction_reason ON inventory_transactions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:inventory_transactions') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'UPDATE', 'INVENTORY_TRANSACTION', 'inventory_transactions', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'inventory_transactions' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('inventory_item_id',OLD.inventory_item_id,NEW.inventory_item_id),('type',OLD.type,NEW.type),('quantity',OLD.quantity,NEW.quantity),('unit_cost',OLD.unit_cost,NEW.unit_cost),('reason',OLD.reason,NEW.reason),('batch_number',OLD.batch_number,NEW.batch_number),('expiration_date',OLD.expiration_date,NEW.expiration_date),('performed_by_id',OLD.performed_by_id,NEW.performed_by_id),('notes',OLD.notes,NEW.notes),('school_id',OLD.school_id,NEW.school_id),('lot_id',OLD.lot_id,NEW.lot_id),('location',OLD.location,NEW.location),('unit',OLD.unit,NEW.unit),('currency',OLD.currency,NEW.currency),('occurred_at',OLD.occurred_at,NEW.occurred_at),('zone_offset_minutes',OLD.zone_offset_minutes,NEW.zone_offset_minutes),('is_controlled',OLD.is_controlled,NEW.is_controlled),('witness_id',OLD.witness_id,NEW.witness_id),('witness_name',OLD.witness_name,NEW.witness_name),('witness_signature_id',OLD.witness_signature_id,NEW.witness_signature_id),('count_before',OLD.count_before,NEW.count_before),('count_after',OLD.count_after,NEW.count_after),('is_estimate',OLD.is_estimate,NEW.is_estimate),('transfer_id',OLD.transfer_id,NEW.transfer_id),('purchase_order_item_id',OLD.purchase_order_item_id,NEW.purchase_order_item_id),('disposal_method',OLD.disposal_method,NEW.disposal_method),('device_id',OLD.device_id,NEW.device_id),('supersedes_id',OLD.supersedes_id,NEW.supersedes_id),('revision',OLD.revision,NEW.revision),('entry_kind',OLD.entry_kind,NEW.entry_kind),('correction_reason',OLD.correction_reason,NEW.correction_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR 'UPDATE' = 'INSERT';
  UPDATE inventory_transactions SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_inventory_transactions BEFORE DELETE ON inventory_transactions
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:inventory_transactions');
END
-- end
CREATE TRIGGER key_change_inventory_transactions BEFORE UPDATE OF id ON inventory_transactions
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:inventory_transactions');
END
-- end
CREATE TRIGGER append_only_inventory_transactions BEFORE UPDATE ON inventory_transactions
WHEN (OLD.inventory_item_id,OLD.type,OLD.quantity,OLD.unit_cost,OLD.reason,OLD.batch_number,OLD.expiration_date,OLD.performed_by_id,OLD.notes,OLD.school_id,OLD.lot_id,OLD.location,OLD.unit,OLD.currency,OLD.occurred_at,OLD.zone_offset_minutes,OLD.is_controlled,OLD.witness_id,OLD.witness_name,OLD.witness_signature_id,OLD.count_before,OLD.count_after,OLD.is_estimate,OLD.transfer_id,OLD.purchase_order_item_id,OLD.disposal_method,OLD.device_id,OLD.supersedes_id,OLD.revision,OLD.entry_kind,OLD.correction_reason) IS NOT (NEW.inventory_item_id,NEW.type,NEW.quantity,NEW.unit_cost,NEW.reason,NEW.batch_number,NEW.expiration_date,NEW.performed_by_id,NEW.notes,NEW.school_id,NEW.lot_id,NEW.location,NEW.unit,NEW.currency,NEW.occurred_at,NEW.zone_offset_minutes,NEW.is_controlled,NEW.witness_id,NEW.witness_name,NEW.witness_signature_id,NEW.count_before,NEW.count_after,NEW.is_estimate,NEW.transfer_id,NEW.purchase_order_item_id,NEW.disposal_method,NEW.device_id,NEW.supersedes_id,NEW.revision,NEW.entry_kind,NEW.correction_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:append_only:inventory_transactions');
END
-- end
CREATE TRIGGER capture_insert_medication_logs AFTER INSERT ON medication_logs
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:medication_logs') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'MEDICATION_LOG', 'medication_logs', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'medication_logs' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('medication_id',NEW.medication_id),('dosage',NEW.dosage),('dosage_unit',NEW.dosage_unit),('route',NEW.route),('administered_at',NEW.administered_at),('administered_by',NEW.administered_by),('administered_by_name',NEW.administered_by_name),('notes',NEW.notes),('was_given',NEW.was_given),('reason_not_given',NEW.reason_not_given),('student_medication_id',NEW.student_medication_id),('order_root_id',NEW.order_root_id),('order_version',NEW.order_version),('standing_order_id',NEW.standing_order_id),('visit_id',NEW.visit_id),('school_id',NEW.school_id),('scheduled_for',NEW.scheduled_for),('slot_key',NEW.slot_key),('outcome',NEW.outcome),('reason_code',NEW.reason_code),('form_count',NEW.form_count),('form_unit',NEW.form_unit),('recorded_at',NEW.recorded_at),('zone_offset_minutes',NEW.zone_offset_minutes),('clock_skew_seconds',NEW.clock_skew_seconds),('source',NEW.source),('device_id',NEW.device_id),('witnessed_by',NEW.witnessed_by),('witness_signature_id',NEW.witness_signature_id),('lot_id',NEW.lot_id),('stock_transaction_id',NEW.stock_transaction_id),('expected_count',NEW.expected_count),('counted',NEW.counted),('count_is_estimate',NEW.count_is_estimate),('indication',NEW.indication),('precheck_result',NEW.precheck_result),('override_rule',NEW.override_rule),('override_reason',NEW.override_reason),('override_prescriber_contact',NEW.override_prescriber_contact),('override_by',NEW.override_by),('override_second_id',NEW.override_second_id),('advisories',NEW.advisories),('identity_checked',NEW.identity_checked),('effect_due_at',NEW.effect_due_at),('lease_expired',NEW.lease_expired),('supersedes_id',NEW.supersedes_id),('revision',NEW.revision),('entry_kind',NEW.entry_kind),('correction_reason',NEW.correction_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE medication_logs SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_medication_logs AFTER UPDATE OF student_id,medication_id,dosage,dosage_unit,route,administered_at,administered_by,administered_by_name,notes,was_given,reason_not_given,student_medication_id,order_root_id,order_version,standing_order_id,visit_id,school_id,scheduled_for,slot_key,outcome,reason_code,form_count,form_unit,recorded_at,zone_offset_minutes,clock_skew_seconds,source,device_id,witnessed_by,witness_signature_id,lot_id,stock_transaction_id,expected_count,counted,count_is_estimate,indication,precheck_result,override_rule,override_reason,override_prescriber_contact,override_by,override_second_id,advisories,identity_checked,effect_due_at,lease_expired,supersedes_id,revision,entry_kind,correction_reason ON medication_logs
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:medication_logs') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'UPDATE', 'MEDICATION_LOG', 'medication_logs', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'medication_logs' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('medication_id',OLD.medication_id,NEW.medication_id),('dosage',OLD.dosage,NEW.dosage),('dosage_unit',OLD.dosage_unit,NEW.dosage_unit),('route',OLD.route,NEW.route),('administered_at',OLD.administered_at,NEW.administered_at),('administered_by',OLD.administered_by,NEW.administered_by),('administered_by_name',OLD.administered_by_name,NEW.administered_by_name),('notes',OLD.notes,NEW.notes),('was_given',OLD.was_given,NEW.was_given),('reason_not_given',OLD.reason_not_given,NEW.reason_not_given),('student_medication_id',OLD.student_medication_id,NEW.student_medication_id),('order_root_id',OLD.order_root_id,NEW.order_root_id),('order_version',OLD.order_version,NEW.order_version),('standing_order_id',OLD.standing_order_id,NEW.standing_order_id),('visit_id',OLD.visit_id,NEW.visit_id),('school_id',OLD.school_id,NEW.school_id),('scheduled_for',OLD.scheduled_for,NEW.scheduled_for),('slot_key',OLD.slot_key,NEW.slot_key),('outcome',OLD.outcome,NEW.outcome),('reason_code',OLD.reason_code,NEW.reason_code),('form_count',OLD.form_count,NEW.form_count),('form_unit',OLD.form_unit,NEW.form_unit),('recorded_at',OLD.recorded_at,NEW.recorded_at),('zone_offset_minutes',OLD.zone_offset_minutes,NEW.zone_offset_minutes),('clock_skew_seconds',OLD.clock_skew_seconds,NEW.clock_skew_seconds),('source',OLD.source,NEW.source),('device_id',OLD.device_id,NEW.device_id),('witnessed_by',OLD.witnessed_by,NEW.witnessed_by),('witness_signature_id',OLD.witness_signature_id,NEW.witness_signature_id),('lot_id',OLD.lot_id,NEW.lot_id),('stock_transaction_id',OLD.stock_transaction_id,NEW.stock_transaction_id),('expected_count',OLD.expected_count,NEW.expected_count),('counted',OLD.counted,NEW.counted),('count_is_estimate',OLD.count_is_estimate,NEW.count_is_estimate),('indication',OLD.indication,NEW.indication),('precheck_result',OLD.precheck_result,NEW.precheck_result),('override_rule',OLD.override_rule,NEW.override_rule),('override_reason',OLD.override_reason,NEW.override_reason),('override_prescriber_contact',OLD.override_prescriber_contact,NEW.override_prescriber_contact),('override_by',OLD.override_by,NEW.override_by),('override_second_id',OLD.override_second_id,NEW.override_second_id),('advisories',OLD.advisories,NEW.advisories),('identity_checked',OLD.identity_checked,NEW.identity_checked),('effect_due_at',OLD.effect_due_at,NEW.effect_due_at),('lease_expired',OLD.lease_expired,NEW.lease_expired),('supersedes_id',OLD.supersedes_id,NEW.supersedes_id),('revision',OLD.revision,NEW.revision),('entry_kind',OLD.entry_kind,NEW.entry_kind),('correction_reason',OLD.correction_reason,NEW.correction_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR 'UPDATE' = 'INSERT';
  UPDATE medication_logs SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_medication_logs BEFORE DELETE ON medication_logs
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:medication_logs');
END
-- end
CREATE TRIGGER key_change_medication_logs BEFORE UPDATE OF id ON medication_logs
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:medication_logs');
END
-- end
CREATE TRIGGER append_only_medication_logs BEFORE UPDATE ON medication_logs
WHEN (OLD.student_id,OLD.medication_id,OLD.dosage,OLD.dosage_unit,OLD.route,OLD.administered_at,OLD.administered_by,OLD.administered_by_name,OLD.notes,OLD.was_given,OLD.reason_not_given,OLD.student_medication_id,OLD.order_root_id,OLD.order_version,OLD.standing_order_id,OLD.visit_id,OLD.school_id,OLD.scheduled_for,OLD.slot_key,OLD.outcome,OLD.reason_code,OLD.form_count,OLD.form_unit,OLD.recorded_at,OLD.zone_offset_minutes,OLD.clock_skew_seconds,OLD.source,OLD.device_id,OLD.witnessed_by,OLD.witness_signature_id,OLD.lot_id,OLD.stock_transaction_id,OLD.expected_count,OLD.counted,OLD.count_is_estimate,OLD.indication,OLD.precheck_result,OLD.override_rule,OLD.override_reason,OLD.override_prescriber_contact,OLD.override_by,OLD.override_second_id,OLD.advisories,OLD.identity_checked,OLD.effect_due_at,OLD.lease_expired,OLD.supersedes_id,OLD.revision,OLD.entry_kind,OLD.correction_reason) IS NOT (NEW.student_id,NEW.medication_id,NEW.dosage,NEW.dosage_unit,NEW.route,NEW.administered_at,NEW.administered_by,NEW.administered_by_name,NEW.notes,NEW.was_given,NEW.reason_not_given,NEW.student_medication_id,NEW.order_root_id,NEW.order_version,NEW.standing_order_id,NEW.visit_id,NEW.school_id,NEW.scheduled_for,NEW.slot_key,NEW.outcome,NEW.reason_code,NEW.form_count,NEW.form_unit,NEW.recorded_at,NEW.zone_offset_minutes,NEW.clock_skew_seconds,NEW.source,NEW.device_id,NEW.witnessed_by,NEW.witness_signature_id,NEW.lot_id,NEW.stock_transaction_id,NEW.expected_count,NEW.counted,NEW.count_is_estimate,NEW.indication,NEW.precheck_result,NEW.override_rule,NEW.override_reason,NEW.override_prescriber_contact,NEW.override_by,NEW.override_second_id,NEW.advisories,NEW.identity_checked,NEW.effect_due_at,NEW.lease_expired,NEW.supersedes_id,NEW.revision,NEW.entry_kind,NEW.correction_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:append_only:medication_logs');
END
-- end
CREATE TRIGGER capture_insert_controlled_counts AFTER INSERT ON controlled_counts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:controlled_counts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'CONTROLLED_COUNT', 'controlled_counts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'controlled_counts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('lot_id',NEW.lot_id),('school_id',NEW.school_id),('location',NEW.location),('kind',NEW.kind),('counted',NEW.counted),('expected',NEW.expected),('unit',NEW.unit),('is_estimate',NEW.is_estimate),('is_discrepancy',NEW.is_discrepancy),('discrepancy_reason',NEW.discrepancy_reason),('counted_by',NEW.counted_by),('counter_signature_id',NEW.counter_signature_id),('witness_id',NEW.witness_id),('witness_name',NEW.witness_name),('witness_signature_id',NEW.witness_signature_id),('counted_at',NEW.counted_at),('zone_offset_minutes',NEW.zone_offset_minutes),('adjustment_id',NEW.adjustment_id),('incident_report_id',NEW.incident_report_id),('supersedes_id',NEW.supersedes_id),('revision',NEW.revision),('entry_kind',NEW.entry_kind),('correction_reason',NEW.correction_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE controlled_counts SET scope_id = coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_controlled_counts AFTER UPDATE OF lot_id,school_id,location,kind,counted,expected,unit,is_estimate,is_discrepancy,discrepancy_reason,counted_by,counter_signature_id,witness_id,witness_name,witness_signature_id,counted_at,zone_offset_minutes,adjustment_id,incident_report_id,supersedes_id,revision,entry_kind,correction_reason ON controlled_counts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:controlled_counts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'UPDATE', 'CONTROLLED_COUNT', 'controlled_counts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'controlled_counts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('lot_id',OLD.lot_id,NEW.lot_id),('school_id',OLD.school_id,NEW.school_id),('location',OLD.location,NEW.location),('kind',OLD.kind,NEW.kind),('counted',OLD.counted,NEW.counted),('expected',OLD.expected,NEW.expected),('unit',OLD.unit,NEW.unit),('is_estimate',OLD.is_estimate,NEW.is_estimate),('is_discrepancy',OLD.is_discrepancy,NEW.is_discrepancy),('discrepancy_reason',OLD.discrepancy_reason,NEW.discrepancy_reason),('counted_by',OLD.counted_by,NEW.counted_by),('counter_signature_id',OLD.counter_signature_id,NEW.counter_signature_id),('witness_id',OLD.witness_id,NEW.witness_id),('witness_name',OLD.witness_name,NEW.witness_name),('witness_signature_id',OLD.witness_signature_id,NEW.witness_signature_id),('counted_at',OLD.counted_at,NEW.counted_at),('zone_offset_minutes',OLD.zone_offset_minutes,NEW.zone_offset_minutes),('adjustment_id',OLD.adjustment_id,NEW.adjustment_id),('incident_report_id',OLD.incident_report_id,NEW.incident_report_id),('supersedes_id',OLD.supersedes_id,NEW.supersedes_id),('revision',OLD.revision,NEW.revision),('entry_kind',OLD.entry_kind,NEW.entry_kind),('correction_reason',OLD.correction_reason,NEW.correction_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR 'UPDATE' = 'INSERT';
  UPDATE controlled_counts SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_controlled_counts BEFORE DELETE ON controlled_counts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:controlled_counts');
END
-- end
CREATE TRIGGER key_change_controlled_counts BEFORE UPDATE OF id ON controlled_counts
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:controlled_counts');
END
-- end
CREATE TRIGGER append_only_controlled_counts BEFORE UPDATE ON controlled_counts
WHEN (OLD.lot_id,OLD.school_id,OLD.location,OLD.kind,OLD.counted,OLD.expected,OLD.unit,OLD.is_estimate,OLD.is_discrepancy,OLD.discrepancy_reason,OLD.counted_by,OLD.counter_signature_id,OLD.witness_id,OLD.witness_name,OLD.witness_signature_id,OLD.counted_at,OLD.zone_offset_minutes,OLD.adjustment_id,OLD.incident_report_id,OLD.supersedes_id,OLD.revision,OLD.entry_kind,OLD.correction_reason) IS NOT (NEW.lot_id,NEW.school_id,NEW.location,NEW.kind,NEW.counted,NEW.expected,NEW.unit,NEW.is_estimate,NEW.is_discrepancy,NEW.discrepancy_reason,NEW.counted_by,NEW.counter_signature_id,NEW.witness_id,NEW.witness_name,NEW.witness_signature_id,NEW.counted_at,NEW.zone_offset_minutes,NEW.adjustment_id,NEW.incident_report_id,NEW.supersedes_id,NEW.revision,NEW.entry_kind,NEW.correction_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:append_only:controlled_counts');
END
-- end
CREATE TRIGGER capture_insert_vaccinations AFTER INSERT ON vaccinations
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:vaccinations') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'VACCINATION', 'vaccinations', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'vaccinations' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('health_record_id',NEW.health_record_id),('vaccine_name',NEW.vaccine_name),('vaccine_type',NEW.vaccine_type),('manufacturer',NEW.manufacturer),('lot_number',NEW.lot_number),('cvx_code',NEW.cvx_code),('ndc_code',NEW.ndc_code),('dose_number',NEW.dose_number),('total_doses',NEW.total_doses),('series_complete',NEW.series_complete),('administration_date',NEW.administration_date),('administered_by',NEW.administered_by),('administered_by_name',NEW.administered_by_name),('administered_by_role',NEW.administered_by_role),('facility',NEW.facility),('site_of_administration',NEW.site_of_administration),('route_of_administration',NEW.route_of_administration),('dosage_amount',NEW.dosage_amount),('expiration_date',NEW.expiration_date),('next_due_date',NEW.next_due_date),('reactions',NEW.reactions),('adverse_events',NEW.adverse_events),('exemption_status',NEW.exemption_status),('exemption_reason',NEW.exemption_reason),('exemption_document',NEW.exemption_document),('compliance_status',NEW.compliance_status),('vfc_eligibility',NEW.vfc_eligibility),('vis_provided',NEW.vis_provided),('vis_date',NEW.vis_date),('consent_obtained',NEW.consent_obtained),('consent_by',NEW.consent_by),('notes',NEW.notes),('deleted_at',NEW.deleted_at),('dosage_unit',NEW.dosage_unit),('administered_by_title',NEW.administered_by_title),('administered_by_address',NEW.administered_by_address),('mvx_code',NEW.mvx_code),('lot_id',NEW.lot_id),('stock_transaction_id',NEW.stock_transaction_id),('visit_id',NEW.visit_id),('school_id',NEW.school_id),('consent_signature_id',NEW.consent_signature_id),('vis_edition',NEW.vis_edition),('vfc_code',NEW.vfc_code),('screening_answers',NEW.screening_answers),('observation_minutes',NEW.observation_minutes),('observation_ended_at',NEW.observation_ended_at),('vaers_prompted',NEW.vaers_prompted),('exemption_kind',NEW.exemption_kind),('exemption_attachment_id',NEW.exemption_attachment_id),('exemption_expires_on',NEW.exemption_expires_on),('recorded_at',NEW.recorded_at),('zone_offset_minutes',NEW.zone_offset_minutes),('supersedes_id',NEW.supersedes_id),('revision',NEW.revision),('entry_kind',NEW.entry_kind),('correction_reason',NEW.correction_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE vaccinations SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_vaccinations AFTER UPDATE OF student_id,health_record_id,vaccine_name,vaccine_type,manufacturer,lot_number,cvx_code,ndc_code,dose_number,total_doses,series_complete,administration_date,administered_by,administered_by_name,administered_by_role,facility,site_of_administration,route_of_administration,dosage_amount,expiration_date,next_due_date,reactions,adverse_events,exemption_status,exemption_reason,exemption_document,compliance_status,vfc_eligibility,vis_provided,vis_date,consent_obtained,consent_by,notes,deleted_at,dosage_unit,administered_by_title,administered_by_address,mvx_code,lot_id,stock_transaction_id,visit_id,school_id,consent_signature_id,vis_edition,vfc_code,screening_answers,observation_minutes,observation_ended_at,vaers_prompted,exemption_kind,exemption_attachment_id,exemption_expires_on,recorded_at,zone_offset_minutes,supersedes_id,revision,entry_kind,correction_reason ON vaccinations
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:vaccinations') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'VACCINATION', 'vaccinations', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'vaccinations' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('health_record_id',OLD.health_record_id,NEW.health_record_id),('vaccine_name',OLD.vaccine_name,NEW.vaccine_name),('vaccine_type',OLD.vaccine_type,NEW.vaccine_type),('manufacturer',OLD.manufacturer,NEW.manufacturer),('lot_number',OLD.lot_number,NEW.lot_number),('cvx_code',OLD.cvx_code,NEW.cvx_code),('ndc_code',OLD.ndc_code,NEW.ndc_code),('dose_number',OLD.dose_number,NEW.dose_number),('total_doses',OLD.total_doses,NEW.total_doses),('series_complete',OLD.series_complete,NEW.series_complete),('administration_date',OLD.administration_date,NEW.administration_date),('administered_by',OLD.administered_by,NEW.administered_by),('administered_by_name',OLD.administered_by_name,NEW.administered_by_name),('administered_by_role',OLD.administered_by_role,NEW.administered_by_role),('facility',OLD.facility,NEW.facility),('site_of_administration',OLD.site_of_administration,NEW.site_of_administration),('route_of_administration',OLD.route_of_administration,NEW.route_of_administration),('dosage_amount',OLD.dosage_amount,NEW.dosage_amount),('expiration_date',OLD.expiration_date,NEW.expiration_date),('next_due_date',OLD.next_due_date,NEW.next_due_date),('reactions',OLD.reactions,NEW.reactions),('adverse_events',OLD.adverse_events,NEW.adverse_events),('exemption_status',OLD.exemption_status,NEW.exemption_status),('exemption_reason',OLD.exemption_reason,NEW.exemption_reason),('exemption_document',OLD.exemption_document,NEW.exemption_document),('compliance_status',OLD.compliance_status,NEW.compliance_status),('vfc_eligibility',OLD.vfc_eligibility,NEW.vfc_eligibility),('vis_provided',OLD.vis_provided,NEW.vis_provided),('vis_date',OLD.vis_date,NEW.vis_date),('consent_obtained',OLD.consent_obtained,NEW.consent_obtained),('consent_by',OLD.consent_by,NEW.consent_by),('notes',OLD.notes,NEW.notes),('deleted_at',OLD.deleted_at,NEW.deleted_at),('dosage_unit',OLD.dosage_unit,NEW.dosage_unit),('administered_by_title',OLD.administered_by_title,NEW.administered_by_title),('administered_by_address',OLD.administered_by_address,NEW.administered_by_address),('mvx_code',OLD.mvx_code,NEW.mvx_code),('lot_id',OLD.lot_id,NEW.lot_id),('stock_transaction_id',OLD.stock_transaction_id,NEW.stock_transaction_id),('visit_id',OLD.visit_id,NEW.visit_id),('school_id',OLD.school_id,NEW.school_id),('consent_signature_id',OLD.consent_signature_id,NEW.consent_signature_id),('vis_edition',OLD.vis_edition,NEW.vis_edition),('vfc_code',OLD.vfc_code,NEW.vfc_code),('screening_answers',OLD.screening_answers,NEW.screening_answers),('observation_minutes',OLD.observation_minutes,NEW.observation_minutes),('observation_ended_at',OLD.observation_ended_at,NEW.observation_ended_at),('vaers_prompted',OLD.vaers_prompted,NEW.vaers_prompted),('exemption_kind',OLD.exemption_kind,NEW.exemption_kind),('exemption_attachment_id',OLD.exemption_attachment_id,NEW.exemption_attachment_id),('exemption_expires_on',OLD.exemption_expires_on,NEW.exemption_expires_on),('recorded_at',OLD.recorded_at,NEW.recorded_at),('zone_offset_minutes',OLD.zone_offset_minutes,NEW.zone_offset_minutes),('supersedes_id',OLD.supersedes_id,NEW.supersedes_id),('revision',OLD.revision,NEW.revision),('entry_kind',OLD.entry_kind,NEW.entry_kind),('correction_reason',OLD.correction_reason,NEW.correction_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE vaccinations SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_vaccinations BEFORE DELETE ON vaccinations
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:vaccinations');
END
-- end
CREATE TRIGGER key_change_vaccinations BEFORE UPDATE OF id ON vaccinations
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:vaccinations');
END
-- end
CREATE TRIGGER append_only_vaccinations BEFORE UPDATE ON vaccinations
WHEN (OLD.student_id,OLD.health_record_id,OLD.vaccine_name,OLD.vaccine_type,OLD.manufacturer,OLD.lot_number,OLD.cvx_code,OLD.ndc_code,OLD.dose_number,OLD.total_doses,OLD.series_complete,OLD.administration_date,OLD.administered_by,OLD.administered_by_name,OLD.administered_by_role,OLD.facility,OLD.site_of_administration,OLD.route_of_administration,OLD.dosage_amount,OLD.expiration_date,OLD.next_due_date,OLD.reactions,OLD.adverse_events,OLD.exemption_status,OLD.exemption_reason,OLD.exemption_document,OLD.compliance_status,OLD.vfc_eligibility,OLD.vis_provided,OLD.vis_date,OLD.consent_obtained,OLD.consent_by,OLD.notes,OLD.deleted_at,OLD.dosage_unit,OLD.administered_by_title,OLD.administered_by_address,OLD.mvx_code,OLD.lot_id,OLD.stock_transaction_id,OLD.visit_id,OLD.school_id,OLD.consent_signature_id,OLD.vis_edition,OLD.vfc_code,OLD.screening_answers,OLD.observation_minutes,OLD.observation_ended_at,OLD.vaers_prompted,OLD.exemption_kind,OLD.exemption_attachment_id,OLD.exemption_expires_on,OLD.recorded_at,OLD.zone_offset_minutes,OLD.supersedes_id,OLD.revision,OLD.entry_kind,OLD.correction_reason) IS NOT (NEW.student_id,NEW.health_record_id,NEW.vaccine_name,NEW.vaccine_type,NEW.manufacturer,NEW.lot_number,NEW.cvx_code,NEW.ndc_code,NEW.dose_number,NEW.total_doses,NEW.series_complete,NEW.administration_date,NEW.administered_by,NEW.administered_by_name,NEW.administered_by_role,NEW.facility,NEW.site_of_administration,NEW.route_of_administration,NEW.dosage_amount,NEW.expiration_date,NEW.next_due_date,NEW.reactions,NEW.adverse_events,NEW.exemption_status,NEW.exemption_reason,NEW.exemption_document,NEW.compliance_status,NEW.vfc_eligibility,NEW.vis_provided,NEW.vis_date,NEW.consent_obtained,NEW.consent_by,NEW.notes,NEW.deleted_at,NEW.dosage_unit,NEW.administered_by_title,NEW.administered_by_address,NEW.mvx_code,NEW.lot_id,NEW.stock_transaction_id,NEW.visit_id,NEW.school_id,NEW.consent_signature_id,NEW.vis_edition,NEW.vfc_code,NEW.screening_answers,NEW.observation_minutes,NEW.observation_ended_at,NEW.vaers_prompted,NEW.exemption_kind,NEW.exemption_attachment_id,NEW.exemption_expires_on,NEW.recorded_at,NEW.zone_offset_minutes,NEW.supersedes_id,NEW.revision,NEW.entry_kind,NEW.correction_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:append_only:vaccinations');
END
-- end
CREATE TRIGGER capture_insert_clinical_tasks AFTER INSERT ON clinical_tasks
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:clinical_tasks') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'CLINICAL_TASK', 'clinical_tasks', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'clinical_tasks' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('kind',NEW.kind),('title',NEW.title),('student_id',NEW.student_id),('school_id',NEW.school_id),('subject_table',NEW.subject_table),('subject_id',NEW.subject_id),('medication_log_id',NEW.medication_log_id),('due_at',NEW.due_at),('priority',NEW.priority),('assigned_to',NEW.assigned_to),('status',NEW.status),('done_at',NEW.done_at),('done_by',NEW.done_by),('effect',NEW.effect),('result_note',NEW.result_note),('details',NEW.details),('deleted_at',NEW.deleted_at),('deleted_by',NEW.deleted_by),('delete_reason',NEW.delete_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE clinical_tasks SET scope_id = coalesce(NEW.student_id, coalesce(NEW.school_id, (SELECT id FROM districts WHERE deleted_at IS NULL ORDER BY id LIMIT 1)))
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_clinical_tasks AFTER UPDATE OF kind,title,student_id,school_id,subject_table,subject_id,medication_log_id,due_at,priority,assigned_to,status,done_at,done_by,effect,result_note,details,deleted_at,deleted_by,delete_reason ON clinical_tasks
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:clinical_tasks') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END, 'CLINICAL_TASK', 'clinical_tasks', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'clinical_tasks' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('kind',OLD.kind,NEW.kind),('title',OLD.title,NEW.title),('student_id',OLD.student_id,NEW.student_id),('school_id',OLD.school_id,NEW.school_id),('subject_table',OLD.subject_table,NEW.subject_table),('subject_id',OLD.subject_id,NEW.subject_id),('medication_log_id',OLD.medication_log_id,NEW.medication_log_id),('due_at',OLD.due_at,NEW.due_at),('priority',OLD.priority,NEW.priority),('assigned_to',OLD.assigned_to,NEW.assigned_to),('status',OLD.status,NEW.status),('done_at',OLD.done_at,NEW.done_at),('done_by',OLD.done_by,NEW.done_by),('effect',OLD.effect,NEW.effect),('result_note',OLD.result_note,NEW.result_note),('details',OLD.details,NEW.details),('deleted_at',OLD.deleted_at,NEW.deleted_at),('deleted_by',OLD.deleted_by,NEW.deleted_by),('delete_reason',OLD.delete_reason,NEW.delete_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'DELETE' WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'RESTORE' ELSE 'UPDATE' END = 'INSERT';
  UPDATE clinical_tasks SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_clinical_tasks BEFORE DELETE ON clinical_tasks
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:clinical_tasks');
END
-- end
CREATE TRIGGER key_change_clinical_tasks BEFORE UPDATE OF id ON clinical_tasks
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:clinical_tasks');
END
-- end
CREATE TRIGGER capture_insert_contact_attempts AFTER INSERT ON contact_attempts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:contact_attempts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'INSERT', 'CONTACT_ATTEMPT', 'contact_attempts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'contact_attempts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,n) AS (VALUES('student_id',NEW.student_id),('visit_id',NEW.visit_id),('incident_report_id',NEW.incident_report_id),('clinical_task_id',NEW.clinical_task_id),('contact_id',NEW.contact_id),('contact_name',NEW.contact_name),('address_used',NEW.address_used),('channel',NEW.channel),('outcome',NEW.outcome),('occurred_at',NEW.occurred_at),('zone_offset_minutes',NEW.zone_offset_minutes),('made_by',NEW.made_by),('note',NEW.note),('supersedes_id',NEW.supersedes_id),('revision',NEW.revision),('entry_kind',NEW.entry_kind),('correction_reason',NEW.correction_reason)) SELECT json_group_object(k,json_array(NULL,n)) FROM v WHERE n IS NOT NULL) AS changes) c
  WHERE c.changes <> '{}' OR 'INSERT' = 'INSERT';
  UPDATE contact_attempts SET scope_id = NEW.student_id
  WHERE id = NEW.id AND scope_id IS NULL;
END
-- end
CREATE TRIGGER capture_update_contact_attempts AFTER UPDATE OF student_id,visit_id,incident_report_id,clinical_task_id,contact_id,contact_name,address_used,channel,outcome,occurred_at,zone_offset_minutes,made_by,note,supersedes_id,revision,entry_kind,correction_reason ON contact_attempts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:no_context:contact_attempts') WHERE NOT EXISTS (SELECT 1 FROM work_context);
  INSERT INTO sync_queue_items (id, mutation_id, device_id, user_id, grant_id, purpose, local_tx_id, local_seq, timestamp, created_at, updated_at, action_type, entity_type, table_name, entity_id, base_version, changes)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), (SELECT text_value FROM device_facts WHERE name = 'device_id'), w.author_id, w.grant_id, w.purpose, w.tx_id, (SELECT coalesce(max(local_seq), 0) + 1 FROM sync_queue_items WHERE local_seq > 0), w.written_at, w.written_at, w.written_at, 'UPDATE', 'CONTACT_ATTEMPT', 'contact_attempts', NEW.id, coalesce((SELECT base_version FROM sync_rows WHERE table_name = 'contact_attempts' AND row_id = NEW.id), 0), c.changes
  FROM work_context w, (SELECT (WITH v(k,o,n) AS (VALUES('student_id',OLD.student_id,NEW.student_id),('visit_id',OLD.visit_id,NEW.visit_id),('incident_report_id',OLD.incident_report_id,NEW.incident_report_id),('clinical_task_id',OLD.clinical_task_id,NEW.clinical_task_id),('contact_id',OLD.contact_id,NEW.contact_id),('contact_name',OLD.contact_name,NEW.contact_name),('address_used',OLD.address_used,NEW.address_used),('channel',OLD.channel,NEW.channel),('outcome',OLD.outcome,NEW.outcome),('occurred_at',OLD.occurred_at,NEW.occurred_at),('zone_offset_minutes',OLD.zone_offset_minutes,NEW.zone_offset_minutes),('made_by',OLD.made_by,NEW.made_by),('note',OLD.note,NEW.note),('supersedes_id',OLD.supersedes_id,NEW.supersedes_id),('revision',OLD.revision,NEW.revision),('entry_kind',OLD.entry_kind,NEW.entry_kind),('correction_reason',OLD.correction_reason,NEW.correction_reason)) SELECT json_group_object(k,json_array(o,n)) FROM v WHERE o IS NOT n) AS changes) c
  WHERE c.changes <> '{}' OR 'UPDATE' = 'INSERT';
  UPDATE contact_attempts SET (updated_at, updated_by) = (SELECT written_at, author_id FROM work_context) WHERE id = NEW.id AND changes() > 0;
END
-- end
CREATE TRIGGER refuse_delete_contact_attempts BEFORE DELETE ON contact_attempts
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION')
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:physical_delete:contact_attempts');
END
-- end
CREATE TRIGGER key_change_contact_attempts BEFORE UPDATE OF id ON contact_attempts
WHEN OLD.id IS NOT NEW.id
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:key_change:contact_attempts');
END
-- end
CREATE TRIGGER append_only_contact_attempts BEFORE UPDATE ON contact_attempts
WHEN (OLD.student_id,OLD.visit_id,OLD.incident_report_id,OLD.clinical_task_id,OLD.contact_id,OLD.contact_name,OLD.address_used,OLD.channel,OLD.outcome,OLD.occurred_at,OLD.zone_offset_minutes,OLD.made_by,OLD.note,OLD.supersedes_id,OLD.revision,OLD.entry_kind,OLD.correction_reason) IS NOT (NEW.student_id,NEW.visit_id,NEW.incident_report_id,NEW.clinical_task_id,NEW.contact_id,NEW.contact_name,NEW.address_used,NEW.channel,NEW.outcome,NEW.occurred_at,NEW.zone_offset_minutes,NEW.made_by,NEW.note,NEW.supersedes_id,NEW.revision,NEW.entry_kind,NEW.correction_reason)
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:append_only:contact_attempts');
END
-- end
CREATE TRIGGER audit_update BEFORE UPDATE ON audit_logs
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:audit_immutable:audit_logs');
END
-- end
CREATE TRIGGER audit_delete BEFORE DELETE ON audit_logs
WHEN coalesce((SELECT mode FROM work_context), '') <> 'RETENTION'
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:audit_immutable:audit_logs');
END
-- end
CREATE TRIGGER dose_slot_taken BEFORE INSERT ON medication_logs
WHEN coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION') AND NEW.slot_key IS NOT NULL AND NEW.outcome = 'GIVEN' AND NEW.entry_kind <> 'WITHDRAWN'
BEGIN
  SELECT RAISE(ABORT, 'clinicdesk:dose_slot_taken:medication_logs')
  WHERE EXISTS (
    SELECT 1 FROM dose_slots s JOIN medication_logs l ON l.id = s.medication_log_id
    WHERE s.order_root_id = NEW.order_root_id AND s.slot_key = NEW.slot_key
      AND l.outcome = 'GIVEN' AND l.id IS NOT NEW.supersedes_id);
END
-- end
CREATE TRIGGER dose_slot_insert AFTER INSERT ON medication_logs
WHEN NEW.slot_key IS NOT NULL OR NEW.supersedes_id IS NOT NULL
BEGIN
  DELETE FROM dose_slots WHERE (order_root_id, slot_key) IN (SELECT order_root_id, slot_key FROM medication_logs WHERE id IN (NEW.id, NEW.supersedes_id) AND order_root_id IS NOT NULL AND slot_key IS NOT NULL);
  INSERT INTO dose_slots (order_root_id, slot_key, medication_log_id)
  SELECT t.order_root_id, t.slot_key, (
    SELECT l.id FROM medication_logs l
    WHERE l.order_root_id = t.order_root_id AND l.slot_key = t.slot_key AND l.entry_kind <> 'WITHDRAWN'
      AND NOT EXISTS (SELECT 1 FROM medication_logs n WHERE n.supersedes_id = l.id)
    ORDER BY l.outcome = 'GIVEN' DESC, l.revision DESC, l.id LIMIT 1) AS head
  FROM (SELECT DISTINCT * FROM (SELECT order_root_id, slot_key FROM medication_logs WHERE id IN (NEW.id, NEW.supersedes_id) AND order_root_id IS NOT NULL AND slot_key IS NOT NULL)) t WHERE head IS NOT NULL;
END
-- end
CREATE TRIGGER dose_slot_delete BEFORE DELETE ON medication_logs
BEGIN
  DELETE FROM dose_slots WHERE medication_log_id = OLD.id;
END
-- end
CREATE TRIGGER stock_balance_insert AFTER INSERT ON inventory_transactions
BEGIN
  INSERT INTO stock_balances (id, inventory_item_id, lot_id, location, school_id, quantity, unit, is_controlled, updated_at)
  SELECT substr(w.tx_id, 1, 14) || '7' || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))), NEW.inventory_item_id, NEW.lot_id, NEW.location, NEW.school_id, '0', NEW.unit, (NEW.is_controlled OR coalesce((SELECT is_controlled FROM inventory_items WHERE id = NEW.inventory_item_id), 0)), w.written_at
  FROM work_context w WHERE NOT EXISTS (SELECT 1 FROM stock_balances WHERE inventory_item_id = NEW.inventory_item_id AND lot_id IS NEW.lot_id AND location = NEW.location);
  SELECT RAISE(ABORT, 'clinicdesk:negative_controlled_balance:inventory_transactions') FROM stock_balances
  WHERE inventory_item_id = NEW.inventory_item_id AND lot_id IS NEW.lot_id AND location = NEW.location AND coalesce((SELECT mode FROM work_context), '') NOT IN ('APPLY', 'RETENTION') AND is_controlled AND CAST(NEW.quantity AS NUMERIC) < 0 AND CAST(round(CAST(quantity AS REAL) * 1000) AS INTEGER) + CAST(round(CAST(NEW.quantity AS REAL) * 1000) AS INTEGER) < 0;
  UPDATE stock_balances SET quantity = (CASE WHEN (CAST(round(CAST(quantity AS REAL) * 1000) AS INTEGER) + CAST(round(CAST(NEW.quantity AS REAL) * 1000) AS INTEGER)) < 0 THEN '-' ELSE '' END || rtrim(rtrim(printf('%d.%03d', abs(CAST(round(CAST(quantity AS REAL) * 1000) AS INTEGER) + CAST(round(CAST(NEW.quantity AS REAL) * 1000) AS INTEGER)) / 1000, abs(CAST(round(CAST(quantity AS REAL) * 1000) AS INTEGER) + CAST(round(CAST(NEW.quantity AS REAL) * 1000) AS INTEGER)) % 1000), '0'), '.')),
    shortfall_accepted = shortfall_accepted OR (is_controlled AND CAST(round(CAST(quantity AS REAL) * 1000) AS INTEGER) + CAST(round(CAST(NEW.quantity AS REAL) * 1000) AS INTEGER) < 0),
    updated_at = (SELECT written_at FROM work_context)
  WHERE inventory_item_id = NEW.inventory_item_id AND lot_id IS NEW.lot_id AND location = NEW.location;
END
-- end
CREATE TABLE student_search_rows (doc INTEGER PRIMARY KEY, student_id CHAR(36) NOT NULL UNIQUE, sort_key TEXT NOT NULL, names TEXT NOT NULL, joined TEXT NOT NULL, number TEXT NOT NULL, marks TEXT NOT NULL)
-- end
CREATE VIRTUAL TABLE student_search USING fts5(names, joined, number, marks, content='student_search_rows', content_rowid='doc', tokenize='unicode61 remove_diacritics 2', prefix='1 2 3')
-- end
CREATE VIRTUAL TABLE student_search_terms USING fts5vocab(student_search, row)
-- end
CREATE TRIGGER student_search_put AFTER INSERT ON student_search_rows
BEGIN
  INSERT INTO student_search (rowid, names, joined, number, marks) VALUES (NEW.doc, NEW.names, NEW.joined, NEW.number, NEW.marks);
END
-- end
CREATE TRIGGER student_search_take AFTER DELETE ON student_search_rows
BEGIN
  INSERT INTO student_search (student_search, rowid, names, joined, number, marks) VALUES ('delete', OLD.doc, OLD.names, OLD.joined, OLD.number, OLD.marks);
END
-- end
CREATE TRIGGER student_search_turn AFTER UPDATE ON student_search_rows
BEGIN
  INSERT INTO student_search (student_search, rowid, names, joined, number, marks) VALUES ('delete', OLD.doc, OLD.names, OLD.joined, OLD.number, OLD.marks);
  INSERT INTO student_search (rowid, names, joined, number, marks) VALUES (NEW.doc, NEW.names, NEW.joined, NEW.number, NEW.marks);
END
-- end
CREATE TRIGGER student_search_new AFTER INSERT ON students
BEGIN
  INSERT INTO student_search_rows (student_id, sort_key, names, joined, number, marks)
  SELECT s.id, s.last_name || char(31) || s.first_name || char(31) || s.is_active,
    replace(n.apart, char(31), ' '), replace(n.joined, char(31), ' '), coalesce(s.student_number, ''),
    '0b' || replace(s.date_of_birth, '-', '') || ' 0a' || s.is_active || coalesce(' 0s' || replace(s.school_id, '-', ''), '') || coalesce((SELECT ' ' || group_concat('0s' || replace(e.school_id, '-', ''), ' ') FROM student_enrollments e WHERE e.student_id = s.id AND e.deleted_at IS NULL AND e.status <> 'ENDED'), '')
  FROM students s, (
    SELECT a.apart, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(a.apart, '''', ''), '’', ''), '‘', ''), 'ʼ', ''), '′', ''), '`', ''), '´', ''), '-', ''), '‐', ''), '‑', ''), '‒', ''), '–', ''), '.', ''), ' ', ''), ' ', ''), 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ð', 'd'), 'Ð', 'd'), 'þ', 'th'), 'Þ', 'th'), 'ı', 'i'), 'I', 'i'), 'ħ', 'h'), 'Ħ', 'h') AS joined FROM (
      SELECT coalesce(s.first_name, '') || char(31) || coalesce(s.middle_name, '') || char(31) || coalesce(s.last_name, '') || char(31) || coalesce(s.preferred_name, '') AS apart FROM students s WHERE s.id = NEW.id LIMIT 1) a LIMIT 1) n
  WHERE s.id = NEW.id AND s.deleted_at IS NULL AND s.merged_into_id IS NULL;
END
-- end
CREATE TRIGGER student_search_change AFTER UPDATE OF first_name, middle_name, last_name, preferred_name, student_number, date_of_birth, is_active, school_id, deleted_at, merged_into_id ON students
BEGIN
  DELETE FROM student_search_rows WHERE student_id = OLD.id;
  INSERT INTO student_search_rows (student_id, sort_key, names, joined, number, marks)
  SELECT s.id, s.last_name || char(31) || s.first_name || char(31) || s.is_active,
    replace(n.apart, char(31), ' '), replace(n.joined, char(31), ' '), coalesce(s.student_number, ''),
    '0b' || replace(s.date_of_birth, '-', '') || ' 0a' || s.is_active || coalesce(' 0s' || replace(s.school_id, '-', ''), '') || coalesce((SELECT ' ' || group_concat('0s' || replace(e.school_id, '-', ''), ' ') FROM student_enrollments e WHERE e.student_id = s.id AND e.deleted_at IS NULL AND e.status <> 'ENDED'), '')
  FROM students s, (
    SELECT a.apart, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(a.apart, '''', ''), '’', ''), '‘', ''), 'ʼ', ''), '′', ''), '`', ''), '´', ''), '-', ''), '‐', ''), '‑', ''), '‒', ''), '–', ''), '.', ''), ' ', ''), ' ', ''), 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ð', 'd'), 'Ð', 'd'), 'þ', 'th'), 'Þ', 'th'), 'ı', 'i'), 'I', 'i'), 'ħ', 'h'), 'Ħ', 'h') AS joined FROM (
      SELECT coalesce(s.first_name, '') || char(31) || coalesce(s.middle_name, '') || char(31) || coalesce(s.last_name, '') || char(31) || coalesce(s.preferred_name, '') AS apart FROM students s WHERE s.id = NEW.id LIMIT 1) a LIMIT 1) n
  WHERE s.id = NEW.id AND s.deleted_at IS NULL AND s.merged_into_id IS NULL;
END
-- end
CREATE TRIGGER student_search_gone AFTER DELETE ON students
BEGIN
  DELETE FROM student_search_rows WHERE student_id = OLD.id;
END
-- end
CREATE TRIGGER student_search_enrolled_insert AFTER INSERT ON student_enrollments
BEGIN
  UPDATE student_search_rows SET marks = (SELECT '0b' || replace(s.date_of_birth, '-', '') || ' 0a' || s.is_active || coalesce(' 0s' || replace(s.school_id, '-', ''), '') || coalesce((SELECT ' ' || group_concat('0s' || replace(e.school_id, '-', ''), ' ') FROM student_enrollments e WHERE e.student_id = s.id AND e.deleted_at IS NULL AND e.status <> 'ENDED'), '') FROM students s WHERE s.id = student_id)
  WHERE student_id = NEW.student_id;
END
-- end
CREATE TRIGGER student_search_enrolled_update AFTER UPDATE OF student_id, school_id, status, deleted_at ON student_enrollments
BEGIN
  UPDATE student_search_rows SET marks = (SELECT '0b' || replace(s.date_of_birth, '-', '') || ' 0a' || s.is_active || coalesce(' 0s' || replace(s.school_id, '-', ''), '') || coalesce((SELECT ' ' || group_concat('0s' || replace(e.school_id, '-', ''), ' ') FROM student_enrollments e WHERE e.student_id = s.id AND e.deleted_at IS NULL AND e.status <> 'ENDED'), '') FROM students s WHERE s.id = student_id)
  WHERE student_id = NEW.student_id;
END
-- end
CREATE TRIGGER student_search_enrolled_delete AFTER DELETE ON student_enrollments
BEGIN
  UPDATE student_search_rows SET marks = (SELECT '0b' || replace(s.date_of_birth, '-', '') || ' 0a' || s.is_active || coalesce(' 0s' || replace(s.school_id, '-', ''), '') || coalesce((SELECT ' ' || group_concat('0s' || replace(e.school_id, '-', ''), ' ') FROM student_enrollments e WHERE e.student_id = s.id AND e.deleted_at IS NULL AND e.status <> 'ENDED'), '') FROM students s WHERE s.id = student_id)
  WHERE student_id = OLD.student_id;
END
-- end
