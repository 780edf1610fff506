DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'clinic_read_{schema}') THEN CREATE ROLE clinic_read_{schema} NOLOGIN NOBYPASSRLS; END IF; END $$
-- end
GRANT USAGE ON SCHEMA {schema} TO clinic_read_{schema}
-- end
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'clinic_merge_{schema}') THEN CREATE ROLE clinic_merge_{schema} NOLOGIN NOBYPASSRLS; END IF; END $$
-- end
GRANT USAGE ON SCHEMA {schema} TO clinic_merge_{schema}
-- end
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'clinic_owner_{schema}') THEN CREATE ROLE clinic_owner_{schema} NOLOGIN BYPASSRLS; END IF; END $$
-- end
GRANT USAGE ON SCHEMA {schema} TO clinic_owner_{schema}
-- end
CREATE FUNCTION clinicdesk_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'clinicdesk:%:%', TG_ARGV[0], TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
-- end
CREATE TRIGGER refuse_delete_districts BEFORE DELETE ON districts FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_districts BEFORE TRUNCATE ON districts FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_districts BEFORE UPDATE ON districts FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE districts ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE districts FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON districts FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON districts FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_schools BEFORE DELETE ON schools FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_schools BEFORE TRUNCATE ON schools FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_schools BEFORE UPDATE ON schools FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE schools ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE schools FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON schools FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON schools FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_users BEFORE DELETE ON users FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_users BEFORE TRUNCATE ON users FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_users BEFORE UPDATE ON users FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE users ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE users FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON users FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON users FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_role_grants BEFORE DELETE ON role_grants FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_role_grants BEFORE TRUNCATE ON role_grants FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_role_grants BEFORE UPDATE ON role_grants FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE role_grants ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE role_grants FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON role_grants FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON role_grants FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_user_keys BEFORE DELETE ON user_keys FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_user_keys BEFORE TRUNCATE ON user_keys FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_user_keys BEFORE UPDATE ON user_keys FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE user_keys ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE user_keys FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON user_keys FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON user_keys FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
ALTER TABLE backup_logs ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE backup_logs FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON backup_logs FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON backup_logs FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_licenses BEFORE DELETE ON licenses FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_licenses BEFORE TRUNCATE ON licenses FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_licenses BEFORE UPDATE ON licenses FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE licenses ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE licenses FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON licenses FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON licenses FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
ALTER TABLE performance_metrics ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE performance_metrics FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON performance_metrics FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON performance_metrics FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_training_modules BEFORE DELETE ON training_modules FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_training_modules BEFORE TRUNCATE ON training_modules FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_training_modules BEFORE UPDATE ON training_modules FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE training_modules ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE training_modules FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON training_modules FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON training_modules FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_alert_rules BEFORE DELETE ON alert_rules FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_alert_rules BEFORE TRUNCATE ON alert_rules FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_alert_rules BEFORE UPDATE ON alert_rules FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE alert_rules ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE alert_rules FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON alert_rules FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON alert_rules FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_analytics_reports BEFORE DELETE ON analytics_reports FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_analytics_reports BEFORE TRUNCATE ON analytics_reports FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_analytics_reports BEFORE UPDATE ON analytics_reports FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE analytics_reports ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE analytics_reports FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON analytics_reports FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON analytics_reports FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_health_metric_snapshots BEFORE DELETE ON health_metric_snapshots FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_health_metric_snapshots BEFORE TRUNCATE ON health_metric_snapshots FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_health_metric_snapshots BEFORE UPDATE ON health_metric_snapshots FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE health_metric_snapshots ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE health_metric_snapshots FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON health_metric_snapshots FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON health_metric_snapshots FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_budget_categories BEFORE DELETE ON budget_categories FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_budget_categories BEFORE TRUNCATE ON budget_categories FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_budget_categories BEFORE UPDATE ON budget_categories FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE budget_categories ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE budget_categories FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON budget_categories FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON budget_categories FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_clinical_protocols BEFORE DELETE ON clinical_protocols FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_clinical_protocols BEFORE TRUNCATE ON clinical_protocols FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_clinical_protocols BEFORE UPDATE ON clinical_protocols FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE clinical_protocols ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE clinical_protocols FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON clinical_protocols FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON clinical_protocols FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_emergency_broadcasts BEFORE DELETE ON emergency_broadcasts FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_emergency_broadcasts BEFORE TRUNCATE ON emergency_broadcasts FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_emergency_broadcasts BEFORE UPDATE ON emergency_broadcasts FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER sealed_row_emergency_broadcasts BEFORE UPDATE ON emergency_broadcasts FOR EACH ROW WHEN (OLD."signed_at" IS NOT NULL AND ROW(OLD."type", OLD."priority", OLD."title", OLD."message", OLD."audience", OLD."school_id", OLD."grade_level", OLD."class_id", OLD."group_ids", OLD."channels", OLD."requires_acknowledgment", OLD."expires_at", OLD."signed_at", OLD."signed_by", OLD."amends_id", OLD."amendment_reason", OLD."deleted_at", OLD."deleted_by", OLD."delete_reason") IS DISTINCT FROM ROW(NEW."type", NEW."priority", NEW."title", NEW."message", NEW."audience", NEW."school_id", NEW."grade_level", NEW."class_id", NEW."group_ids", NEW."channels", NEW."requires_acknowledgment", NEW."expires_at", NEW."signed_at", NEW."signed_by", NEW."amends_id", NEW."amendment_reason", NEW."deleted_at", NEW."deleted_by", NEW."delete_reason")) EXECUTE FUNCTION clinicdesk_refuse('signed_row')
-- end
ALTER TABLE emergency_broadcasts ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE emergency_broadcasts FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON emergency_broadcasts FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON emergency_broadcasts FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_message_templates BEFORE DELETE ON message_templates FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_message_templates BEFORE TRUNCATE ON message_templates FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_message_templates BEFORE UPDATE ON message_templates FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE message_templates ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE message_templates FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON message_templates FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON message_templates FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_device_tokens BEFORE DELETE ON device_tokens FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_device_tokens BEFORE TRUNCATE ON device_tokens FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_device_tokens BEFORE UPDATE ON device_tokens FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE device_tokens ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE device_tokens FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON device_tokens FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON device_tokens FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_push_notifications BEFORE DELETE ON push_notifications FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_push_notifications BEFORE TRUNCATE ON push_notifications FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_push_notifications BEFORE UPDATE ON push_notifications FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE push_notifications ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE push_notifications FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON push_notifications FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON push_notifications FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_compliance_reports BEFORE DELETE ON compliance_reports FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_compliance_reports BEFORE TRUNCATE ON compliance_reports FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_compliance_reports BEFORE UPDATE ON compliance_reports FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE compliance_reports ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE compliance_reports FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON compliance_reports FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON compliance_reports FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_compliance_violations BEFORE DELETE ON compliance_violations FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_compliance_violations BEFORE TRUNCATE ON compliance_violations FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_compliance_violations BEFORE UPDATE ON compliance_violations FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE compliance_violations ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE compliance_violations FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON compliance_violations FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON compliance_violations FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_data_retention_policies BEFORE DELETE ON data_retention_policies FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_data_retention_policies BEFORE TRUNCATE ON data_retention_policies FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_data_retention_policies BEFORE UPDATE ON data_retention_policies FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE data_retention_policies ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE data_retention_policies FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON data_retention_policies FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON data_retention_policies FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_policy_documents BEFORE DELETE ON policy_documents FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_policy_documents BEFORE TRUNCATE ON policy_documents FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_policy_documents BEFORE UPDATE ON policy_documents FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE policy_documents ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE policy_documents FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON policy_documents FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON policy_documents FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_consent_forms BEFORE DELETE ON consent_forms FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_consent_forms BEFORE TRUNCATE ON consent_forms FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_consent_forms BEFORE UPDATE ON consent_forms FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE consent_forms ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE consent_forms FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON consent_forms FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON consent_forms FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_contacts BEFORE DELETE ON contacts FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_contacts BEFORE TRUNCATE ON contacts FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_contacts BEFORE UPDATE ON contacts FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE contacts ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE contacts FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON contacts FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON contacts FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
ALTER TABLE audit_logs ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE audit_logs FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON audit_logs FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON audit_logs FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_students BEFORE DELETE ON students FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_students BEFORE TRUNCATE ON students FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_students BEFORE UPDATE ON students FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE students ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE students FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON students FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON students FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_academic_sessions BEFORE DELETE ON academic_sessions FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_academic_sessions BEFORE TRUNCATE ON academic_sessions FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_academic_sessions BEFORE UPDATE ON academic_sessions FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE academic_sessions ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE academic_sessions FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON academic_sessions FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON academic_sessions FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_calendar_days BEFORE DELETE ON calendar_days FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_calendar_days BEFORE TRUNCATE ON calendar_days FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_calendar_days BEFORE UPDATE ON calendar_days FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE calendar_days ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE calendar_days FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON calendar_days FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON calendar_days FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_integration_configs BEFORE DELETE ON integration_configs FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_integration_configs BEFORE TRUNCATE ON integration_configs FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_integration_configs BEFORE UPDATE ON integration_configs FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE integration_configs ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE integration_configs FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON integration_configs FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON integration_configs FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_vendors BEFORE DELETE ON vendors FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_vendors BEFORE TRUNCATE ON vendors FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_vendors BEFORE UPDATE ON vendors FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE vendors ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE vendors FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON vendors FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON vendors FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_drug_catalog BEFORE DELETE ON drug_catalog FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_drug_catalog BEFORE TRUNCATE ON drug_catalog FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_drug_catalog BEFORE UPDATE ON drug_catalog FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE drug_catalog ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE drug_catalog FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON drug_catalog FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON drug_catalog FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_report_templates BEFORE DELETE ON report_templates FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_report_templates BEFORE TRUNCATE ON report_templates FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_report_templates BEFORE UPDATE ON report_templates FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE report_templates ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE report_templates FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON report_templates FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON report_templates FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_roster_imports BEFORE DELETE ON roster_imports FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_roster_imports BEFORE TRUNCATE ON roster_imports FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_roster_imports BEFORE UPDATE ON roster_imports FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE roster_imports ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE roster_imports FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON roster_imports FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON roster_imports FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
ALTER TABLE login_attempts ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE login_attempts FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON login_attempts FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON login_attempts FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_ip_restrictions BEFORE DELETE ON ip_restrictions FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_ip_restrictions BEFORE TRUNCATE ON ip_restrictions FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_ip_restrictions BEFORE UPDATE ON ip_restrictions FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE ip_restrictions ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE ip_restrictions FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON ip_restrictions FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON ip_restrictions FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_security_incidents BEFORE DELETE ON security_incidents FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_security_incidents BEFORE TRUNCATE ON security_incidents FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_security_incidents BEFORE UPDATE ON security_incidents FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE security_incidents ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE security_incidents FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON security_incidents FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON security_incidents FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_system_configurations BEFORE DELETE ON system_configurations FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_system_configurations BEFORE TRUNCATE ON system_configurations FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_system_configurations BEFORE UPDATE ON system_configurations FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE system_configurations ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE system_configurations FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON system_configurations FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON system_configurations FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_webhooks BEFORE DELETE ON webhooks FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_webhooks BEFORE TRUNCATE ON webhooks FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_webhooks BEFORE UPDATE ON webhooks FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE webhooks ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE webhooks FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON webhooks FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON webhooks FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_sealed_keys BEFORE DELETE ON sealed_keys FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_sealed_keys BEFORE TRUNCATE ON sealed_keys FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_sealed_keys BEFORE UPDATE ON sealed_keys FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE sealed_keys ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE sealed_keys FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON sealed_keys FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON sealed_keys FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_signatures BEFORE DELETE ON signatures FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_signatures BEFORE TRUNCATE ON signatures FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_signatures BEFORE UPDATE ON signatures FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER append_only_signatures BEFORE UPDATE ON signatures FOR EACH ROW WHEN (ROW(OLD."table_name", OLD."row_id", OLD."signed_version", OLD."student_id", OLD."school_id", OLD."signer_id", OLD."signer_name", OLD."meaning", OLD."record_hash", OLD."user_key_id", OLD."signature", OLD."made_at", OLD."zone_offset_minutes", OLD."supersedes_id", OLD."revision", OLD."entry_kind", OLD."correction_reason") IS DISTINCT FROM ROW(NEW."table_name", NEW."row_id", NEW."signed_version", NEW."student_id", NEW."school_id", NEW."signer_id", NEW."signer_name", NEW."meaning", NEW."record_hash", NEW."user_key_id", NEW."signature", NEW."made_at", NEW."zone_offset_minutes", NEW."supersedes_id", NEW."revision", NEW."entry_kind", NEW."correction_reason")) EXECUTE FUNCTION clinicdesk_refuse('append_only')
-- end
ALTER TABLE signatures ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE signatures FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON signatures FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON signatures FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_academic_transcripts BEFORE DELETE ON academic_transcripts FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_academic_transcripts BEFORE TRUNCATE ON academic_transcripts FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_academic_transcripts BEFORE UPDATE ON academic_transcripts FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE academic_transcripts ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE academic_transcripts FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON academic_transcripts FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON academic_transcripts FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_configuration_history BEFORE DELETE ON configuration_history FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_configuration_history BEFORE TRUNCATE ON configuration_history FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_configuration_history BEFORE UPDATE ON configuration_history FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER append_only_configuration_history BEFORE UPDATE ON configuration_history FOR EACH ROW WHEN (ROW(OLD."config_key", OLD."old_value", OLD."new_value", OLD."changed_by", OLD."configuration_id", OLD."supersedes_id", OLD."revision", OLD."entry_kind", OLD."correction_reason") IS DISTINCT FROM ROW(NEW."config_key", NEW."old_value", NEW."new_value", NEW."changed_by", NEW."configuration_id", NEW."supersedes_id", NEW."revision", NEW."entry_kind", NEW."correction_reason")) EXECUTE FUNCTION clinicdesk_refuse('append_only')
-- end
ALTER TABLE configuration_history ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE configuration_history FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON configuration_history FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON configuration_history FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_emergency_contacts BEFORE DELETE ON emergency_contacts FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_emergency_contacts BEFORE TRUNCATE ON emergency_contacts FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_emergency_contacts BEFORE UPDATE ON emergency_contacts FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE emergency_contacts ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE emergency_contacts FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON emergency_contacts FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON emergency_contacts FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_budget_transactions BEFORE DELETE ON budget_transactions FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_budget_transactions BEFORE TRUNCATE ON budget_transactions FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_budget_transactions BEFORE UPDATE ON budget_transactions FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER append_only_budget_transactions BEFORE UPDATE ON budget_transactions FOR EACH ROW WHEN (ROW(OLD."category_id", OLD."amount", OLD."description", OLD."transaction_date", OLD."reference_id", OLD."reference_type", OLD."notes", OLD."currency", OLD."supersedes_id", OLD."revision", OLD."entry_kind", OLD."correction_reason") IS DISTINCT FROM ROW(NEW."category_id", NEW."amount", NEW."description", NEW."transaction_date", NEW."reference_id", NEW."reference_type", NEW."notes", NEW."currency", NEW."supersedes_id", NEW."revision", NEW."entry_kind", NEW."correction_reason")) EXECUTE FUNCTION clinicdesk_refuse('append_only')
-- end
ALTER TABLE budget_transactions ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE budget_transactions FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON budget_transactions FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON budget_transactions FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_attachments BEFORE DELETE ON attachments FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_attachments BEFORE TRUNCATE ON attachments FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_attachments BEFORE UPDATE ON attachments FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE attachments ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE attachments FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON attachments FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON attachments FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_clinic_visits BEFORE DELETE ON clinic_visits FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_clinic_visits BEFORE TRUNCATE ON clinic_visits FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_clinic_visits BEFORE UPDATE ON clinic_visits FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER sealed_row_clinic_visits BEFORE UPDATE ON clinic_visits FOR EACH ROW WHEN (OLD."signed_at" IS NOT NULL AND ROW(OLD."student_id", OLD."check_in_time", OLD."check_out_time", OLD."reason_for_visit", OLD."symptoms", OLD."treatment", OLD."disposition", OLD."classes_missed", OLD."minutes_missed", OLD."attended_by", OLD."notes", OLD."school_id", OLD."zone_offset_minutes", OLD."complaints", OLD."template_code", OLD."findings", OLD."interventions", OLD."brought_by", OLD."brought_by_name", OLD."disposition_reason", OLD."released_to_name", OLD."released_to_contact_id", OLD."arrival_priority", OLD."source", OLD."recorded_at", OLD."lease_expired", OLD."signed_at", OLD."signed_by", OLD."amends_id", OLD."amendment_reason", OLD."deleted_at", OLD."deleted_by", OLD."delete_reason") IS DISTINCT FROM ROW(NEW."student_id", NEW."check_in_time", NEW."check_out_time", NEW."reason_for_visit", NEW."symptoms", NEW."treatment", NEW."disposition", NEW."classes_missed", NEW."minutes_missed", NEW."attended_by", NEW."notes", NEW."school_id", NEW."zone_offset_minutes", NEW."complaints", NEW."template_code", NEW."findings", NEW."interventions", NEW."brought_by", NEW."brought_by_name", NEW."disposition_reason", NEW."released_to_name", NEW."released_to_contact_id", NEW."arrival_priority", NEW."source", NEW."recorded_at", NEW."lease_expired", NEW."signed_at", NEW."signed_by", NEW."amends_id", NEW."amendment_reason", NEW."deleted_at", NEW."deleted_by", NEW."delete_reason")) EXECUTE FUNCTION clinicdesk_refuse('signed_row')
-- end
ALTER TABLE clinic_visits ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE clinic_visits FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON clinic_visits FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON clinic_visits FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_messages BEFORE DELETE ON messages FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_messages BEFORE TRUNCATE ON messages FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_messages BEFORE UPDATE ON messages FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER append_only_messages BEFORE UPDATE ON messages FOR EACH ROW WHEN (ROW(OLD."subject", OLD."content", OLD."priority", OLD."category", OLD."scheduled_at", OLD."attachments", OLD."sender_id", OLD."template_id", OLD."school_id", OLD."recipients", OLD."sent_at", OLD."supersedes_id", OLD."revision", OLD."entry_kind", OLD."correction_reason") IS DISTINCT FROM ROW(NEW."subject", NEW."content", NEW."priority", NEW."category", NEW."scheduled_at", NEW."attachments", NEW."sender_id", NEW."template_id", NEW."school_id", NEW."recipients", NEW."sent_at", NEW."supersedes_id", NEW."revision", NEW."entry_kind", NEW."correction_reason")) EXECUTE FUNCTION clinicdesk_refuse('append_only')
-- end
ALTER TABLE messages ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE messages FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON messages FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON messages FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_compliance_checklist_items BEFORE DELETE ON compliance_checklist_items FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_compliance_checklist_items BEFORE TRUNCATE ON compliance_checklist_items FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_compliance_checklist_items BEFORE UPDATE ON compliance_checklist_items FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE compliance_checklist_items ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE compliance_checklist_items FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON compliance_checklist_items FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON compliance_checklist_items FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_policy_acknowledgments BEFORE DELETE ON policy_acknowledgments FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_policy_acknowledgments BEFORE TRUNCATE ON policy_acknowledgments FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_policy_acknowledgments BEFORE UPDATE ON policy_acknowledgments FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER append_only_policy_acknowledgments BEFORE UPDATE ON policy_acknowledgments FOR EACH ROW WHEN (ROW(OLD."policy_id", OLD."user_id", OLD."acknowledged_at", OLD."ip_address", OLD."policy_version", OLD."supersedes_id", OLD."revision", OLD."entry_kind", OLD."correction_reason") IS DISTINCT FROM ROW(NEW."policy_id", NEW."user_id", NEW."acknowledged_at", NEW."ip_address", NEW."policy_version", NEW."supersedes_id", NEW."revision", NEW."entry_kind", NEW."correction_reason")) EXECUTE FUNCTION clinicdesk_refuse('append_only')
-- end
ALTER TABLE policy_acknowledgments ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE policy_acknowledgments FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON policy_acknowledgments FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON policy_acknowledgments FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_remediation_actions BEFORE DELETE ON remediation_actions FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_remediation_actions BEFORE TRUNCATE ON remediation_actions FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_remediation_actions BEFORE UPDATE ON remediation_actions FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE remediation_actions ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE remediation_actions FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON remediation_actions FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON remediation_actions FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_phi_disclosures BEFORE DELETE ON phi_disclosures FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_phi_disclosures BEFORE TRUNCATE ON phi_disclosures FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_phi_disclosures BEFORE UPDATE ON phi_disclosures FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER sealed_row_phi_disclosures BEFORE UPDATE ON phi_disclosures FOR EACH ROW WHEN (OLD."signed_at" IS NOT NULL AND ROW(OLD."student_id", OLD."disclosure_type", OLD."purpose", OLD."method", OLD."disclosure_date", OLD."information_disclosed", OLD."minimum_necessary", OLD."recipient_type", OLD."recipient_name", OLD."recipient_organization", OLD."recipient_address", OLD."recipient_phone", OLD."recipient_email", OLD."authorization_obtained", OLD."authorization_date", OLD."authorization_expiry_date", OLD."patient_requested", OLD."disclosed_by", OLD."notes", OLD."signed_at", OLD."signed_by", OLD."amends_id", OLD."amendment_reason", OLD."deleted_at", OLD."deleted_by", OLD."delete_reason") IS DISTINCT FROM ROW(NEW."student_id", NEW."disclosure_type", NEW."purpose", NEW."method", NEW."disclosure_date", NEW."information_disclosed", NEW."minimum_necessary", NEW."recipient_type", NEW."recipient_name", NEW."recipient_organization", NEW."recipient_address", NEW."recipient_phone", NEW."recipient_email", NEW."authorization_obtained", NEW."authorization_date", NEW."authorization_expiry_date", NEW."patient_requested", NEW."disclosed_by", NEW."notes", NEW."signed_at", NEW."signed_by", NEW."amends_id", NEW."amendment_reason", NEW."deleted_at", NEW."deleted_by", NEW."delete_reason")) EXECUTE FUNCTION clinicdesk_refuse('signed_row')
-- end
ALTER TABLE phi_disclosures ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE phi_disclosures FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON phi_disclosures FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON phi_disclosures FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_student_enrollments BEFORE DELETE ON student_enrollments FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_student_enrollments BEFORE TRUNCATE ON student_enrollments FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_student_enrollments BEFORE UPDATE ON student_enrollments FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE student_enrollments ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE student_enrollments FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON student_enrollments FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON student_enrollments FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_appointments BEFORE DELETE ON appointments FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_appointments BEFORE TRUNCATE ON appointments FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_appointments BEFORE UPDATE ON appointments FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE appointments ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE appointments FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON appointments FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON appointments FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_appointment_waitlist BEFORE DELETE ON appointment_waitlist FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_appointment_waitlist BEFORE TRUNCATE ON appointment_waitlist FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_appointment_waitlist BEFORE UPDATE ON appointment_waitlist FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE appointment_waitlist ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE appointment_waitlist FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON appointment_waitlist FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON appointment_waitlist FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_health_records BEFORE DELETE ON health_records FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_health_records BEFORE TRUNCATE ON health_records FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_health_records BEFORE UPDATE ON health_records FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER sealed_row_health_records BEFORE UPDATE ON health_records FOR EACH ROW WHEN (OLD."signed_at" IS NOT NULL AND ROW(OLD."student_id", OLD."record_type", OLD."title", OLD."description", OLD."record_date", OLD."provider", OLD."provider_npi", OLD."facility", OLD."facility_npi", OLD."diagnosis", OLD."diagnosis_code", OLD."treatment", OLD."attachments", OLD."metadata", OLD."is_confidential", OLD."notes", OLD."signed_at", OLD."signed_by", OLD."amends_id", OLD."amendment_reason", OLD."deleted_at", OLD."deleted_by", OLD."delete_reason") IS DISTINCT FROM ROW(NEW."student_id", NEW."record_type", NEW."title", NEW."description", NEW."record_date", NEW."provider", NEW."provider_npi", NEW."facility", NEW."facility_npi", NEW."diagnosis", NEW."diagnosis_code", NEW."treatment", NEW."attachments", NEW."metadata", NEW."is_confidential", NEW."notes", NEW."signed_at", NEW."signed_by", NEW."amends_id", NEW."amendment_reason", NEW."deleted_at", NEW."deleted_by", NEW."delete_reason")) EXECUTE FUNCTION clinicdesk_refuse('signed_row')
-- end
ALTER TABLE health_records ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE health_records FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON health_records FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON health_records FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_health_screenings BEFORE DELETE ON health_screenings FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_health_screenings BEFORE TRUNCATE ON health_screenings FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_health_screenings BEFORE UPDATE ON health_screenings FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER sealed_row_health_screenings BEFORE UPDATE ON health_screenings FOR EACH ROW WHEN (OLD."signed_at" IS NOT NULL AND ROW(OLD."student_id", OLD."screening_type", OLD."screening_date", OLD."results", OLD."passed", OLD."notes", OLD."conducted_by", OLD."zone_offset_minutes", OLD."equipment", OLD."retest_of_id", OLD."not_screened_reason", OLD."signed_at", OLD."signed_by", OLD."amends_id", OLD."amendment_reason", OLD."deleted_at", OLD."deleted_by", OLD."delete_reason") IS DISTINCT FROM ROW(NEW."student_id", NEW."screening_type", NEW."screening_date", NEW."results", NEW."passed", NEW."notes", NEW."conducted_by", NEW."zone_offset_minutes", NEW."equipment", NEW."retest_of_id", NEW."not_screened_reason", NEW."signed_at", NEW."signed_by", NEW."amends_id", NEW."amendment_reason", NEW."deleted_at", NEW."deleted_by", NEW."delete_reason")) EXECUTE FUNCTION clinicdesk_refuse('signed_row')
-- end
ALTER TABLE health_screenings ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE health_screenings FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON health_screenings FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON health_screenings FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_lab_results BEFORE DELETE ON lab_results FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_lab_results BEFORE TRUNCATE ON lab_results FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_lab_results BEFORE UPDATE ON lab_results FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER sealed_row_lab_results BEFORE UPDATE ON lab_results FOR EACH ROW WHEN (OLD."signed_at" IS NOT NULL AND ROW(OLD."student_id", OLD."test_type", OLD."test_name", OLD."test_code", OLD."ordered_date", OLD."collection_date", OLD."result_date", OLD."result", OLD."result_value", OLD."result_unit", OLD."reference_range", OLD."is_abnormal", OLD."abnormal_flags", OLD."ordered_by", OLD."ordered_by_name", OLD."performed_by", OLD."performed_by_name", OLD."lab_name", OLD."notes", OLD."flags_set_by_hand", OLD."signed_at", OLD."signed_by", OLD."amends_id", OLD."amendment_reason", OLD."deleted_at", OLD."deleted_by", OLD."delete_reason") IS DISTINCT FROM ROW(NEW."student_id", NEW."test_type", NEW."test_name", NEW."test_code", NEW."ordered_date", NEW."collection_date", NEW."result_date", NEW."result", NEW."result_value", NEW."result_unit", NEW."reference_range", NEW."is_abnormal", NEW."abnormal_flags", NEW."ordered_by", NEW."ordered_by_name", NEW."performed_by", NEW."performed_by_name", NEW."lab_name", NEW."notes", NEW."flags_set_by_hand", NEW."signed_at", NEW."signed_by", NEW."amends_id", NEW."amendment_reason", NEW."deleted_at", NEW."deleted_by", NEW."delete_reason")) EXECUTE FUNCTION clinicdesk_refuse('signed_row')
-- end
ALTER TABLE lab_results ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE lab_results FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON lab_results FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON lab_results FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_treatment_plans BEFORE DELETE ON treatment_plans FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_treatment_plans BEFORE TRUNCATE ON treatment_plans FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_treatment_plans BEFORE UPDATE ON treatment_plans FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE treatment_plans ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE treatment_plans FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON treatment_plans FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON treatment_plans FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
ALTER TABLE integration_logs ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE integration_logs FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON integration_logs FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON integration_logs FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_purchase_orders BEFORE DELETE ON purchase_orders FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_purchase_orders BEFORE TRUNCATE ON purchase_orders FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_purchase_orders BEFORE UPDATE ON purchase_orders FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE purchase_orders ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE purchase_orders FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON purchase_orders FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON purchase_orders FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_medications BEFORE DELETE ON medications FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_medications BEFORE TRUNCATE ON medications FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_medications BEFORE UPDATE ON medications FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE medications ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE medications FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON medications FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON medications FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_drug_interactions BEFORE DELETE ON drug_interactions FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_drug_interactions BEFORE TRUNCATE ON drug_interactions FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_drug_interactions BEFORE UPDATE ON drug_interactions FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE drug_interactions ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE drug_interactions FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON drug_interactions FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON drug_interactions FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_report_schedules BEFORE DELETE ON report_schedules FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_report_schedules BEFORE TRUNCATE ON report_schedules FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_report_schedules BEFORE UPDATE ON report_schedules FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE report_schedules ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE report_schedules FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON report_schedules FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON report_schedules FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
ALTER TABLE roster_import_rows ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE roster_import_rows FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON roster_import_rows FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON roster_import_rows FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_source_links BEFORE DELETE ON source_links FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_source_links BEFORE TRUNCATE ON source_links FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_source_links BEFORE UPDATE ON source_links FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE source_links ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE source_links FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON source_links FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON source_links FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_sis_sync_conflicts BEFORE DELETE ON sis_sync_conflicts FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_sis_sync_conflicts BEFORE TRUNCATE ON sis_sync_conflicts FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_sis_sync_conflicts BEFORE UPDATE ON sis_sync_conflicts FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE sis_sync_conflicts ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE sis_sync_conflicts FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON sis_sync_conflicts FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON sis_sync_conflicts FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_sync_conflicts BEFORE DELETE ON sync_conflicts FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_sync_conflicts BEFORE TRUNCATE ON sync_conflicts FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_sync_conflicts BEFORE UPDATE ON sync_conflicts FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE sync_conflicts ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE sync_conflicts FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON sync_conflicts FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON sync_conflicts FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
ALTER TABLE sync_sessions ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE sync_sessions FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON sync_sessions FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON sync_sessions FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_suppliers BEFORE DELETE ON suppliers FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_suppliers BEFORE TRUNCATE ON suppliers FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_suppliers BEFORE UPDATE ON suppliers FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE suppliers ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE suppliers FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON suppliers FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON suppliers FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
ALTER TABLE threat_detections ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE threat_detections FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON threat_detections FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON threat_detections FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_training_completions BEFORE DELETE ON training_completions FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_training_completions BEFORE TRUNCATE ON training_completions FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_training_completions BEFORE UPDATE ON training_completions FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER append_only_training_completions BEFORE UPDATE ON training_completions FOR EACH ROW WHEN (ROW(OLD."training_module_id", OLD."user_id", OLD."completed_on", OLD."expires_on", OLD."module_version", OLD."score", OLD."recorded_by", OLD."medication_id", OLD."supersedes_id", OLD."revision", OLD."entry_kind", OLD."correction_reason") IS DISTINCT FROM ROW(NEW."training_module_id", NEW."user_id", NEW."completed_on", NEW."expires_on", NEW."module_version", NEW."score", NEW."recorded_by", NEW."medication_id", NEW."supersedes_id", NEW."revision", NEW."entry_kind", NEW."correction_reason")) EXECUTE FUNCTION clinicdesk_refuse('append_only')
-- end
ALTER TABLE training_completions ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE training_completions FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON training_completions FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON training_completions FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_standing_orders BEFORE DELETE ON standing_orders FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_standing_orders BEFORE TRUNCATE ON standing_orders FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_standing_orders BEFORE UPDATE ON standing_orders FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE standing_orders ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE standing_orders FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON standing_orders FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON standing_orders FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_visit_events BEFORE DELETE ON visit_events FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_visit_events BEFORE TRUNCATE ON visit_events FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_visit_events BEFORE UPDATE ON visit_events FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER append_only_visit_events BEFORE UPDATE ON visit_events FOR EACH ROW WHEN (ROW(OLD."visit_id", OLD."student_id", OLD."kind", OLD."occurred_at", OLD."zone_offset_minutes", OLD."performed_by", OLD."performed_by_name", OLD."note", OLD."details", OLD."supersedes_id", OLD."revision", OLD."entry_kind", OLD."correction_reason") IS DISTINCT FROM ROW(NEW."visit_id", NEW."student_id", NEW."kind", NEW."occurred_at", NEW."zone_offset_minutes", NEW."performed_by", NEW."performed_by_name", NEW."note", NEW."details", NEW."supersedes_id", NEW."revision", NEW."entry_kind", NEW."correction_reason")) EXECUTE FUNCTION clinicdesk_refuse('append_only')
-- end
ALTER TABLE visit_events ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE visit_events FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON visit_events FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON visit_events FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_clinical_notes BEFORE DELETE ON clinical_notes FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_clinical_notes BEFORE TRUNCATE ON clinical_notes FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_clinical_notes BEFORE UPDATE ON clinical_notes FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER sealed_row_clinical_notes BEFORE UPDATE ON clinical_notes FOR EACH ROW WHEN (OLD."signed_at" IS NOT NULL AND ROW(OLD."student_id", OLD."visit_id", OLD."type", OLD."title", OLD."content", OLD."subjective", OLD."objective", OLD."assessment", OLD."plan", OLD."tags", OLD."is_confidential", OLD."is_signed", OLD."occurred_at", OLD."signed_at", OLD."signed_by", OLD."amends_id", OLD."amendment_reason", OLD."deleted_at", OLD."deleted_by", OLD."delete_reason") IS DISTINCT FROM ROW(NEW."student_id", NEW."visit_id", NEW."type", NEW."title", NEW."content", NEW."subjective", NEW."objective", NEW."assessment", NEW."plan", NEW."tags", NEW."is_confidential", NEW."is_signed", NEW."occurred_at", NEW."signed_at", NEW."signed_by", NEW."amends_id", NEW."amendment_reason", NEW."deleted_at", NEW."deleted_by", NEW."delete_reason")) EXECUTE FUNCTION clinicdesk_refuse('signed_row')
-- end
ALTER TABLE clinical_notes ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE clinical_notes FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON clinical_notes FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON clinical_notes FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_follow_up_appointments BEFORE DELETE ON follow_up_appointments FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_follow_up_appointments BEFORE TRUNCATE ON follow_up_appointments FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_follow_up_appointments BEFORE UPDATE ON follow_up_appointments FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE follow_up_appointments ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE follow_up_appointments FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON follow_up_appointments FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON follow_up_appointments FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_message_deliveries BEFORE DELETE ON message_deliveries FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_message_deliveries BEFORE TRUNCATE ON message_deliveries FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_message_deliveries BEFORE UPDATE ON message_deliveries FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE message_deliveries ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE message_deliveries FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON message_deliveries FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON message_deliveries FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_consent_signatures BEFORE DELETE ON consent_signatures FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_consent_signatures BEFORE TRUNCATE ON consent_signatures FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_consent_signatures BEFORE UPDATE ON consent_signatures FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER append_only_consent_signatures BEFORE UPDATE ON consent_signatures FOR EACH ROW WHEN (ROW(OLD."consent_form_id", OLD."student_id", OLD."signed_by", OLD."relationship", OLD."signature_data", OLD."ip_address", OLD."signed_at", OLD."withdrawn_at", OLD."withdrawn_by", OLD."decision", OLD."capacity", OLD."signer_contact_id", OLD."signer_identity_evidence", OLD."form_version", OLD."text_hash", OLD."language", OLD."method", OLD."strokes_attachment_id", OLD."image_attachment_id", OLD."pdf_attachment_id", OLD."pdf_hash", OLD."recorded_by", OLD."recorded_at", OLD."zone_offset_minutes", OLD."effective_from", OLD."expires_on", OLD."conditions", OLD."withdrawal_reason", OLD."supersedes_id", OLD."revision", OLD."entry_kind", OLD."correction_reason") IS DISTINCT FROM ROW(NEW."consent_form_id", NEW."student_id", NEW."signed_by", NEW."relationship", NEW."signature_data", NEW."ip_address", NEW."signed_at", NEW."withdrawn_at", NEW."withdrawn_by", NEW."decision", NEW."capacity", NEW."signer_contact_id", NEW."signer_identity_evidence", NEW."form_version", NEW."text_hash", NEW."language", NEW."method", NEW."strokes_attachment_id", NEW."image_attachment_id", NEW."pdf_attachment_id", NEW."pdf_hash", NEW."recorded_by", NEW."recorded_at", NEW."zone_offset_minutes", NEW."effective_from", NEW."expires_on", NEW."conditions", NEW."withdrawal_reason", NEW."supersedes_id", NEW."revision", NEW."entry_kind", NEW."correction_reason")) EXECUTE FUNCTION clinicdesk_refuse('append_only')
-- end
ALTER TABLE consent_signatures ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE consent_signatures FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON consent_signatures FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON consent_signatures FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
ALTER TABLE phi_disclosure_audits ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE phi_disclosure_audits FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON phi_disclosure_audits FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON phi_disclosure_audits FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_allergies BEFORE DELETE ON allergies FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_allergies BEFORE TRUNCATE ON allergies FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_allergies BEFORE UPDATE ON allergies FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE allergies ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE allergies FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON allergies FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON allergies FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_chronic_conditions BEFORE DELETE ON chronic_conditions FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_chronic_conditions BEFORE TRUNCATE ON chronic_conditions FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_chronic_conditions BEFORE UPDATE ON chronic_conditions FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE chronic_conditions ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE chronic_conditions FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON chronic_conditions FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON chronic_conditions FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_incident_reports BEFORE DELETE ON incident_reports FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_incident_reports BEFORE TRUNCATE ON incident_reports FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_incident_reports BEFORE UPDATE ON incident_reports FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER sealed_row_incident_reports BEFORE UPDATE ON incident_reports FOR EACH ROW WHEN (OLD."signed_at" IS NOT NULL AND ROW(OLD."student_id", OLD."reported_by_id", OLD."type", OLD."severity", OLD."description", OLD."location", OLD."witnesses", OLD."actions_taken", OLD."attachments", OLD."evidence_photos", OLD."evidence_videos", OLD."occurred_at", OLD."zone_offset_minutes", OLD."school_id", OLD."visit_id", OLD."signed_at", OLD."signed_by", OLD."amends_id", OLD."amendment_reason", OLD."deleted_at", OLD."deleted_by", OLD."delete_reason") IS DISTINCT FROM ROW(NEW."student_id", NEW."reported_by_id", NEW."type", NEW."severity", NEW."description", NEW."location", NEW."witnesses", NEW."actions_taken", NEW."attachments", NEW."evidence_photos", NEW."evidence_videos", NEW."occurred_at", NEW."zone_offset_minutes", NEW."school_id", NEW."visit_id", NEW."signed_at", NEW."signed_by", NEW."amends_id", NEW."amendment_reason", NEW."deleted_at", NEW."deleted_by", NEW."delete_reason")) EXECUTE FUNCTION clinicdesk_refuse('signed_row')
-- end
ALTER TABLE incident_reports ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE incident_reports FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON incident_reports FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON incident_reports FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_appointment_reminders BEFORE DELETE ON appointment_reminders FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_appointment_reminders BEFORE TRUNCATE ON appointment_reminders FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_appointment_reminders BEFORE UPDATE ON appointment_reminders FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE appointment_reminders ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE appointment_reminders FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON appointment_reminders FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON appointment_reminders FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_immunizations BEFORE DELETE ON immunizations FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_immunizations BEFORE TRUNCATE ON immunizations FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_immunizations BEFORE UPDATE ON immunizations FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER append_only_immunizations BEFORE UPDATE ON immunizations FOR EACH ROW WHEN (ROW(OLD."student_id", OLD."vaccine_name", OLD."vaccine_code", OLD."administered_date", OLD."expiration_date", OLD."dosage", OLD."site", OLD."route", OLD."manufacturer", OLD."lot_number", OLD."administered_by", OLD."notes", OLD."administered_by_name", OLD."source", OLD."source_detail", OLD."date_precision", OLD."cvx_code", OLD."mvx_code", OLD."document_id", OLD."recorded_by", OLD."supersedes_id", OLD."revision", OLD."entry_kind", OLD."correction_reason") IS DISTINCT FROM ROW(NEW."student_id", NEW."vaccine_name", NEW."vaccine_code", NEW."administered_date", NEW."expiration_date", NEW."dosage", NEW."site", NEW."route", NEW."manufacturer", NEW."lot_number", NEW."administered_by", NEW."notes", NEW."administered_by_name", NEW."source", NEW."source_detail", NEW."date_precision", NEW."cvx_code", NEW."mvx_code", NEW."document_id", NEW."recorded_by", NEW."supersedes_id", NEW."revision", NEW."entry_kind", NEW."correction_reason")) EXECUTE FUNCTION clinicdesk_refuse('append_only')
-- end
ALTER TABLE immunizations ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE immunizations FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON immunizations FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON immunizations FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_vital_signs BEFORE DELETE ON vital_signs FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_vital_signs BEFORE TRUNCATE ON vital_signs FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_vital_signs BEFORE UPDATE ON vital_signs FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER sealed_row_vital_signs BEFORE UPDATE ON vital_signs FOR EACH ROW WHEN (OLD."signed_at" IS NOT NULL AND ROW(OLD."student_id", OLD."measurement_date", OLD."temperature", OLD."temperature_unit", OLD."heart_rate", OLD."respiratory_rate", OLD."blood_pressure_systolic", OLD."blood_pressure_diastolic", OLD."oxygen_saturation", OLD."weight", OLD."weight_unit", OLD."height", OLD."height_unit", OLD."pain", OLD."measured_by", OLD."measured_by_name", OLD."notes", OLD."visit_id", OLD."zone_offset_minutes", OLD."blood_glucose", OLD."blood_glucose_unit", OLD."peak_flow", OLD."signed_at", OLD."signed_by", OLD."amends_id", OLD."amendment_reason", OLD."deleted_at", OLD."deleted_by", OLD."delete_reason") IS DISTINCT FROM ROW(NEW."student_id", NEW."measurement_date", NEW."temperature", NEW."temperature_unit", NEW."heart_rate", NEW."respiratory_rate", NEW."blood_pressure_systolic", NEW."blood_pressure_diastolic", NEW."oxygen_saturation", NEW."weight", NEW."weight_unit", NEW."height", NEW."height_unit", NEW."pain", NEW."measured_by", NEW."measured_by_name", NEW."notes", NEW."visit_id", NEW."zone_offset_minutes", NEW."blood_glucose", NEW."blood_glucose_unit", NEW."peak_flow", NEW."signed_at", NEW."signed_by", NEW."amends_id", NEW."amendment_reason", NEW."deleted_at", NEW."deleted_by", NEW."delete_reason")) EXECUTE FUNCTION clinicdesk_refuse('signed_row')
-- end
ALTER TABLE vital_signs ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE vital_signs FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON vital_signs FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON vital_signs FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_inventory_items BEFORE DELETE ON inventory_items FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_inventory_items BEFORE TRUNCATE ON inventory_items FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_inventory_items BEFORE UPDATE ON inventory_items FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE inventory_items ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE inventory_items FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON inventory_items FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON inventory_items FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_prescriptions BEFORE DELETE ON prescriptions FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_prescriptions BEFORE TRUNCATE ON prescriptions FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_prescriptions BEFORE UPDATE ON prescriptions FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER sealed_row_prescriptions BEFORE UPDATE ON prescriptions FOR EACH ROW WHEN (OLD."signed_at" IS NOT NULL AND ROW(OLD."student_id", OLD."visit_id", OLD."treatment_plan_id", OLD."prescribed_by", OLD."prescribed_by_name", OLD."drug_name", OLD."drug_code", OLD."dosage", OLD."frequency", OLD."route", OLD."quantity", OLD."refills_authorized", OLD."start_date", OLD."end_date", OLD."instructions", OLD."notes", OLD."drug_catalog_id", OLD."quantity_unit", OLD."dose_amount", OLD."dose_unit", OLD."prescription_number", OLD."document_id", OLD."signed_at", OLD."signed_by", OLD."amends_id", OLD."amendment_reason", OLD."deleted_at", OLD."deleted_by", OLD."delete_reason") IS DISTINCT FROM ROW(NEW."student_id", NEW."visit_id", NEW."treatment_plan_id", NEW."prescribed_by", NEW."prescribed_by_name", NEW."drug_name", NEW."drug_code", NEW."dosage", NEW."frequency", NEW."route", NEW."quantity", NEW."refills_authorized", NEW."start_date", NEW."end_date", NEW."instructions", NEW."notes", NEW."drug_catalog_id", NEW."quantity_unit", NEW."dose_amount", NEW."dose_unit", NEW."prescription_number", NEW."document_id", NEW."signed_at", NEW."signed_by", NEW."amends_id", NEW."amendment_reason", NEW."deleted_at", NEW."deleted_by", NEW."delete_reason")) EXECUTE FUNCTION clinicdesk_refuse('signed_row')
-- end
ALTER TABLE prescriptions ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE prescriptions FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON prescriptions FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON prescriptions FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
ALTER TABLE report_executions ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE report_executions FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON report_executions FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON report_executions FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_consent_requests BEFORE DELETE ON consent_requests FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_consent_requests BEFORE TRUNCATE ON consent_requests FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_consent_requests BEFORE UPDATE ON consent_requests FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE consent_requests ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE consent_requests FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON consent_requests FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON consent_requests FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_follow_up_actions BEFORE DELETE ON follow_up_actions FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_follow_up_actions BEFORE TRUNCATE ON follow_up_actions FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_follow_up_actions BEFORE UPDATE ON follow_up_actions FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE follow_up_actions ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE follow_up_actions FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON follow_up_actions FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON follow_up_actions FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_witness_statements BEFORE DELETE ON witness_statements FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_witness_statements BEFORE TRUNCATE ON witness_statements FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_witness_statements BEFORE UPDATE ON witness_statements FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER sealed_row_witness_statements BEFORE UPDATE ON witness_statements FOR EACH ROW WHEN (OLD."signed_at" IS NOT NULL AND ROW(OLD."incident_report_id", OLD."witness_name", OLD."witness_type", OLD."witness_contact", OLD."statement", OLD."signed_at", OLD."signed_by", OLD."amends_id", OLD."amendment_reason", OLD."deleted_at", OLD."deleted_by", OLD."delete_reason") IS DISTINCT FROM ROW(NEW."incident_report_id", NEW."witness_name", NEW."witness_type", NEW."witness_contact", NEW."statement", NEW."signed_at", NEW."signed_by", NEW."amends_id", NEW."amendment_reason", NEW."deleted_at", NEW."deleted_by", NEW."delete_reason")) EXECUTE FUNCTION clinicdesk_refuse('signed_row')
-- end
ALTER TABLE witness_statements ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE witness_statements FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON witness_statements FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON witness_statements FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_growth_tracking BEFORE DELETE ON growth_tracking FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_growth_tracking BEFORE TRUNCATE ON growth_tracking FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_growth_tracking BEFORE UPDATE ON growth_tracking FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER sealed_row_growth_tracking BEFORE UPDATE ON growth_tracking FOR EACH ROW WHEN (OLD."signed_at" IS NOT NULL AND ROW(OLD."student_id", OLD."measurement_date", OLD."height", OLD."height_unit", OLD."weight", OLD."weight_unit", OLD."notes", OLD."measured_by", OLD."vital_signs_id", OLD."zone_offset_minutes", OLD."signed_at", OLD."signed_by", OLD."amends_id", OLD."amendment_reason", OLD."deleted_at", OLD."deleted_by", OLD."delete_reason") IS DISTINCT FROM ROW(NEW."student_id", NEW."measurement_date", NEW."height", NEW."height_unit", NEW."weight", NEW."weight_unit", NEW."notes", NEW."measured_by", NEW."vital_signs_id", NEW."zone_offset_minutes", NEW."signed_at", NEW."signed_by", NEW."amends_id", NEW."amendment_reason", NEW."deleted_at", NEW."deleted_by", NEW."delete_reason")) EXECUTE FUNCTION clinicdesk_refuse('signed_row')
-- end
ALTER TABLE growth_tracking ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE growth_tracking FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON growth_tracking FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON growth_tracking FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_medical_history BEFORE DELETE ON medical_history FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_medical_history BEFORE TRUNCATE ON medical_history FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_medical_history BEFORE UPDATE ON medical_history FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE medical_history ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE medical_history FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON medical_history FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON medical_history FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_maintenance_logs BEFORE DELETE ON maintenance_logs FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_maintenance_logs BEFORE TRUNCATE ON maintenance_logs FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_maintenance_logs BEFORE UPDATE ON maintenance_logs FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER append_only_maintenance_logs BEFORE UPDATE ON maintenance_logs FOR EACH ROW WHEN (ROW(OLD."inventory_item_id", OLD."type", OLD."description", OLD."performed_by_id", OLD."performed_by_id_name", OLD."cost", OLD."next_maintenance_date", OLD."notes", OLD."school_id", OLD."vendor_id", OLD."currency", OLD."performed_at", OLD."supersedes_id", OLD."revision", OLD."entry_kind", OLD."correction_reason") IS DISTINCT FROM ROW(NEW."inventory_item_id", NEW."type", NEW."description", NEW."performed_by_id", NEW."performed_by_id_name", NEW."cost", NEW."next_maintenance_date", NEW."notes", NEW."school_id", NEW."vendor_id", NEW."currency", NEW."performed_at", NEW."supersedes_id", NEW."revision", NEW."entry_kind", NEW."correction_reason")) EXECUTE FUNCTION clinicdesk_refuse('append_only')
-- end
ALTER TABLE maintenance_logs ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE maintenance_logs FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON maintenance_logs FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON maintenance_logs FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_purchase_order_items BEFORE DELETE ON purchase_order_items FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_purchase_order_items BEFORE TRUNCATE ON purchase_order_items FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_purchase_order_items BEFORE UPDATE ON purchase_order_items FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE purchase_order_items ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE purchase_order_items FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON purchase_order_items FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON purchase_order_items FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_student_medications BEFORE DELETE ON student_medications FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_student_medications BEFORE TRUNCATE ON student_medications FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_student_medications BEFORE UPDATE ON student_medications FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER sealed_row_student_medications BEFORE UPDATE ON student_medications FOR EACH ROW WHEN (OLD."activated_at" IS NOT NULL AND ROW(OLD."student_id", OLD."medication_id", OLD."dosage", OLD."frequency", OLD."route", OLD."instructions", OLD."start_date", OLD."end_date", OLD."prescribed_by", OLD."prescribed_by_name", OLD."prescription_number", OLD."root_id", OLD."version", OLD."previous_version_id", OLD."activated_at", OLD."activated_by", OLD."prescription_id", OLD."consent_signature_id", OLD."standing_order_id", OLD."prescriber_phone", OLD."prescriber_npi", OLD."dose_amount", OLD."dose_unit", OLD."form_count", OLD."form_unit", OLD."strength_amount", OLD."strength_unit", OLD."half_tablet_allowed", OLD."weight_based", OLD."dose_per_kg", OLD."weight_kg", OLD."schedule_kind", OLD."times_of_day", OLD."days_of_week", OLD."window_before_minutes", OLD."window_after_minutes", OLD."prn_min_interval_minutes", OLD."prn_max_per_day", OLD."prn_indications", OLD."prn_precheck", OLD."effect_check_minutes", OLD."is_controlled", OLD."requires_witness", OLD."emergency", OLD."self_carry", OLD."delegation_allowed", OLD."signed_at", OLD."signed_by", OLD."amends_id", OLD."amendment_reason", OLD."deleted_at", OLD."deleted_by", OLD."delete_reason") IS DISTINCT FROM ROW(NEW."student_id", NEW."medication_id", NEW."dosage", NEW."frequency", NEW."route", NEW."instructions", NEW."start_date", NEW."end_date", NEW."prescribed_by", NEW."prescribed_by_name", NEW."prescription_number", NEW."root_id", NEW."version", NEW."previous_version_id", NEW."activated_at", NEW."activated_by", NEW."prescription_id", NEW."consent_signature_id", NEW."standing_order_id", NEW."prescriber_phone", NEW."prescriber_npi", NEW."dose_amount", NEW."dose_unit", NEW."form_count", NEW."form_unit", NEW."strength_amount", NEW."strength_unit", NEW."half_tablet_allowed", NEW."weight_based", NEW."dose_per_kg", NEW."weight_kg", NEW."schedule_kind", NEW."times_of_day", NEW."days_of_week", NEW."window_before_minutes", NEW."window_after_minutes", NEW."prn_min_interval_minutes", NEW."prn_max_per_day", NEW."prn_indications", NEW."prn_precheck", NEW."effect_check_minutes", NEW."is_controlled", NEW."requires_witness", NEW."emergency", NEW."self_carry", NEW."delegation_allowed", NEW."signed_at", NEW."signed_by", NEW."amends_id", NEW."amendment_reason", NEW."deleted_at", NEW."deleted_by", NEW."delete_reason")) EXECUTE FUNCTION clinicdesk_refuse('signed_row')
-- end
ALTER TABLE student_medications ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE student_medications FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON student_medications FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON student_medications FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_mental_health_records BEFORE DELETE ON mental_health_records FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_mental_health_records BEFORE TRUNCATE ON mental_health_records FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_mental_health_records BEFORE UPDATE ON mental_health_records FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER sealed_row_mental_health_records BEFORE UPDATE ON mental_health_records FOR EACH ROW WHEN (OLD."signed_at" IS NOT NULL AND ROW(OLD."student_id", OLD."record_type", OLD."record_date", OLD."counselor_id", OLD."therapist_id", OLD."psychiatrist_id", OLD."title", OLD."session_notes", OLD."assessment", OLD."diagnosis", OLD."diagnosis_code", OLD."treatment_plan", OLD."risk_level", OLD."risk_factors", OLD."protective_factors", OLD."interventions", OLD."referral_to", OLD."referral_reason", OLD."confidentiality_level", OLD."attachments", OLD."metadata", OLD."consent_signature_id", OLD."zone_offset_minutes", OLD."signed_at", OLD."signed_by", OLD."amends_id", OLD."amendment_reason", OLD."deleted_at", OLD."deleted_by", OLD."delete_reason") IS DISTINCT FROM ROW(NEW."student_id", NEW."record_type", NEW."record_date", NEW."counselor_id", NEW."therapist_id", NEW."psychiatrist_id", NEW."title", NEW."session_notes", NEW."assessment", NEW."diagnosis", NEW."diagnosis_code", NEW."treatment_plan", NEW."risk_level", NEW."risk_factors", NEW."protective_factors", NEW."interventions", NEW."referral_to", NEW."referral_reason", NEW."confidentiality_level", NEW."attachments", NEW."metadata", NEW."consent_signature_id", NEW."zone_offset_minutes", NEW."signed_at", NEW."signed_by", NEW."amends_id", NEW."amendment_reason", NEW."deleted_at", NEW."deleted_by", NEW."delete_reason")) EXECUTE FUNCTION clinicdesk_refuse('signed_row')
-- end
ALTER TABLE mental_health_records ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE mental_health_records FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON mental_health_records FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON mental_health_records FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_student_drug_allergies BEFORE DELETE ON student_drug_allergies FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_student_drug_allergies BEFORE TRUNCATE ON student_drug_allergies FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_student_drug_allergies BEFORE UPDATE ON student_drug_allergies FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE student_drug_allergies ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE student_drug_allergies FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON student_drug_allergies FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON student_drug_allergies FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_inventory_lots BEFORE DELETE ON inventory_lots FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_inventory_lots BEFORE TRUNCATE ON inventory_lots FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_inventory_lots BEFORE UPDATE ON inventory_lots FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE inventory_lots ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE inventory_lots FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON inventory_lots FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON inventory_lots FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_inventory_transactions BEFORE DELETE ON inventory_transactions FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_inventory_transactions BEFORE TRUNCATE ON inventory_transactions FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_inventory_transactions BEFORE UPDATE ON inventory_transactions FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER append_only_inventory_transactions BEFORE UPDATE ON inventory_transactions FOR EACH ROW WHEN (ROW(OLD."inventory_item_id", OLD."type", OLD."quantity", OLD."unit_cost", OLD."reason", OLD."batch_number", OLD."expiration_date", OLD."performed_by_id", OLD."notes", OLD."school_id", OLD."lot_id", OLD."location", OLD."unit", OLD."currency", OLD."occurred_at", OLD."zone_offset_minutes", OLD."is_controlled", OLD."witness_id", OLD."witness_name", OLD."witness_signature_id", OLD."count_before", OLD."count_after", OLD."is_estimate", OLD."transfer_id", OLD."purchase_order_item_id", OLD."disposal_method", OLD."device_id", OLD."supersedes_id", OLD."revision", OLD."entry_kind", OLD."correction_reason") IS DISTINCT FROM ROW(NEW."inventory_item_id", NEW."type", NEW."quantity", NEW."unit_cost", NEW."reason", NEW."batch_number", NEW."expiration_date", NEW."performed_by_id", NEW."notes", NEW."school_id", NEW."lot_id", NEW."location", NEW."unit", NEW."currency", NEW."occurred_at", NEW."zone_offset_minutes", NEW."is_controlled", NEW."witness_id", NEW."witness_name", NEW."witness_signature_id", NEW."count_before", NEW."count_after", NEW."is_estimate", NEW."transfer_id", NEW."purchase_order_item_id", NEW."disposal_method", NEW."device_id", NEW."supersedes_id", NEW."revision", NEW."entry_kind", NEW."correction_reason")) EXECUTE FUNCTION clinicdesk_refuse('append_only')
-- end
ALTER TABLE inventory_transactions ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE inventory_transactions FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON inventory_transactions FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON inventory_transactions FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_medication_logs BEFORE DELETE ON medication_logs FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_medication_logs BEFORE TRUNCATE ON medication_logs FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_medication_logs BEFORE UPDATE ON medication_logs FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER append_only_medication_logs BEFORE UPDATE ON medication_logs FOR EACH ROW WHEN (ROW(OLD."student_id", OLD."medication_id", OLD."dosage", OLD."dosage_unit", OLD."route", OLD."administered_at", OLD."administered_by", OLD."administered_by_name", OLD."notes", OLD."was_given", OLD."reason_not_given", OLD."student_medication_id", OLD."order_root_id", OLD."order_version", OLD."standing_order_id", OLD."visit_id", OLD."school_id", OLD."scheduled_for", OLD."slot_key", OLD."outcome", OLD."reason_code", OLD."form_count", OLD."form_unit", OLD."recorded_at", OLD."zone_offset_minutes", OLD."clock_skew_seconds", OLD."source", OLD."device_id", OLD."witnessed_by", OLD."witness_signature_id", OLD."lot_id", OLD."stock_transaction_id", OLD."expected_count", OLD."counted", OLD."count_is_estimate", OLD."indication", OLD."precheck_result", OLD."override_rule", OLD."override_reason", OLD."override_prescriber_contact", OLD."override_by", OLD."override_second_id", OLD."advisories", OLD."identity_checked", OLD."effect_due_at", OLD."lease_expired", OLD."supersedes_id", OLD."revision", OLD."entry_kind", OLD."correction_reason") IS DISTINCT FROM ROW(NEW."student_id", NEW."medication_id", NEW."dosage", NEW."dosage_unit", NEW."route", NEW."administered_at", NEW."administered_by", NEW."administered_by_name", NEW."notes", NEW."was_given", NEW."reason_not_given", NEW."student_medication_id", NEW."order_root_id", NEW."order_version", NEW."standing_order_id", NEW."visit_id", NEW."school_id", NEW."scheduled_for", NEW."slot_key", NEW."outcome", NEW."reason_code", NEW."form_count", NEW."form_unit", NEW."recorded_at", NEW."zone_offset_minutes", NEW."clock_skew_seconds", NEW."source", NEW."device_id", NEW."witnessed_by", NEW."witness_signature_id", NEW."lot_id", NEW."stock_transaction_id", NEW."expected_count", NEW."counted", NEW."count_is_estimate", NEW."indication", NEW."precheck_result", NEW."override_rule", NEW."override_reason", NEW."override_prescriber_contact", NEW."override_by", NEW."override_second_id", NEW."advisories", NEW."identity_checked", NEW."effect_due_at", NEW."lease_expired", NEW."supersedes_id", NEW."revision", NEW."entry_kind", NEW."correction_reason")) EXECUTE FUNCTION clinicdesk_refuse('append_only')
-- end
ALTER TABLE medication_logs ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE medication_logs FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON medication_logs FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON medication_logs FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_controlled_counts BEFORE DELETE ON controlled_counts FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_controlled_counts BEFORE TRUNCATE ON controlled_counts FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_controlled_counts BEFORE UPDATE ON controlled_counts FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER append_only_controlled_counts BEFORE UPDATE ON controlled_counts FOR EACH ROW WHEN (ROW(OLD."lot_id", OLD."school_id", OLD."location", OLD."kind", OLD."counted", OLD."expected", OLD."unit", OLD."is_estimate", OLD."is_discrepancy", OLD."discrepancy_reason", OLD."counted_by", OLD."counter_signature_id", OLD."witness_id", OLD."witness_name", OLD."witness_signature_id", OLD."counted_at", OLD."zone_offset_minutes", OLD."adjustment_id", OLD."incident_report_id", OLD."supersedes_id", OLD."revision", OLD."entry_kind", OLD."correction_reason") IS DISTINCT FROM ROW(NEW."lot_id", NEW."school_id", NEW."location", NEW."kind", NEW."counted", NEW."expected", NEW."unit", NEW."is_estimate", NEW."is_discrepancy", NEW."discrepancy_reason", NEW."counted_by", NEW."counter_signature_id", NEW."witness_id", NEW."witness_name", NEW."witness_signature_id", NEW."counted_at", NEW."zone_offset_minutes", NEW."adjustment_id", NEW."incident_report_id", NEW."supersedes_id", NEW."revision", NEW."entry_kind", NEW."correction_reason")) EXECUTE FUNCTION clinicdesk_refuse('append_only')
-- end
ALTER TABLE controlled_counts ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE controlled_counts FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON controlled_counts FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON controlled_counts FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_vaccinations BEFORE DELETE ON vaccinations FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_vaccinations BEFORE TRUNCATE ON vaccinations FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_vaccinations BEFORE UPDATE ON vaccinations FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER append_only_vaccinations BEFORE UPDATE ON vaccinations FOR EACH ROW WHEN (ROW(OLD."student_id", OLD."health_record_id", OLD."vaccine_name", OLD."vaccine_type", OLD."manufacturer", OLD."lot_number", OLD."cvx_code", OLD."ndc_code", OLD."dose_number", OLD."total_doses", OLD."series_complete", OLD."administration_date", OLD."administered_by", OLD."administered_by_name", OLD."administered_by_role", OLD."facility", OLD."site_of_administration", OLD."route_of_administration", OLD."dosage_amount", OLD."expiration_date", OLD."next_due_date", OLD."reactions", OLD."adverse_events", OLD."exemption_status", OLD."exemption_reason", OLD."exemption_document", OLD."compliance_status", OLD."vfc_eligibility", OLD."vis_provided", OLD."vis_date", OLD."consent_obtained", OLD."consent_by", OLD."notes", OLD."deleted_at", OLD."dosage_unit", OLD."administered_by_title", OLD."administered_by_address", OLD."mvx_code", OLD."lot_id", OLD."stock_transaction_id", OLD."visit_id", OLD."school_id", OLD."consent_signature_id", OLD."vis_edition", OLD."vfc_code", OLD."screening_answers", OLD."observation_minutes", OLD."observation_ended_at", OLD."vaers_prompted", OLD."exemption_kind", OLD."exemption_attachment_id", OLD."exemption_expires_on", OLD."recorded_at", OLD."zone_offset_minutes", OLD."supersedes_id", OLD."revision", OLD."entry_kind", OLD."correction_reason") IS DISTINCT FROM ROW(NEW."student_id", NEW."health_record_id", NEW."vaccine_name", NEW."vaccine_type", NEW."manufacturer", NEW."lot_number", NEW."cvx_code", NEW."ndc_code", NEW."dose_number", NEW."total_doses", NEW."series_complete", NEW."administration_date", NEW."administered_by", NEW."administered_by_name", NEW."administered_by_role", NEW."facility", NEW."site_of_administration", NEW."route_of_administration", NEW."dosage_amount", NEW."expiration_date", NEW."next_due_date", NEW."reactions", NEW."adverse_events", NEW."exemption_status", NEW."exemption_reason", NEW."exemption_document", NEW."compliance_status", NEW."vfc_eligibility", NEW."vis_provided", NEW."vis_date", NEW."consent_obtained", NEW."consent_by", NEW."notes", NEW."deleted_at", NEW."dosage_unit", NEW."administered_by_title", NEW."administered_by_address", NEW."mvx_code", NEW."lot_id", NEW."stock_transaction_id", NEW."visit_id", NEW."school_id", NEW."consent_signature_id", NEW."vis_edition", NEW."vfc_code", NEW."screening_answers", NEW."observation_minutes", NEW."observation_ended_at", NEW."vaers_prompted", NEW."exemption_kind", NEW."exemption_attachment_id", NEW."exemption_expires_on", NEW."recorded_at", NEW."zone_offset_minutes", NEW."supersedes_id", NEW."revision", NEW."entry_kind", NEW."correction_reason")) EXECUTE FUNCTION clinicdesk_refuse('append_only')
-- end
ALTER TABLE vaccinations ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE vaccinations FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON vaccinations FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON vaccinations FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_clinical_tasks BEFORE DELETE ON clinical_tasks FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_clinical_tasks BEFORE TRUNCATE ON clinical_tasks FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_clinical_tasks BEFORE UPDATE ON clinical_tasks FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
ALTER TABLE clinical_tasks ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE clinical_tasks FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON clinical_tasks FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON clinical_tasks FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER refuse_delete_contact_attempts BEFORE DELETE ON contact_attempts FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER refuse_truncate_contact_attempts BEFORE TRUNCATE ON contact_attempts FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('physical_delete')
-- end
CREATE TRIGGER key_change_contact_attempts BEFORE UPDATE ON contact_attempts FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION clinicdesk_refuse('key_change')
-- end
CREATE TRIGGER append_only_contact_attempts BEFORE UPDATE ON contact_attempts FOR EACH ROW WHEN (ROW(OLD."student_id", OLD."visit_id", OLD."incident_report_id", OLD."clinical_task_id", OLD."contact_id", OLD."contact_name", OLD."address_used", OLD."channel", OLD."outcome", OLD."occurred_at", OLD."zone_offset_minutes", OLD."made_by", OLD."note", OLD."supersedes_id", OLD."revision", OLD."entry_kind", OLD."correction_reason") IS DISTINCT FROM ROW(NEW."student_id", NEW."visit_id", NEW."incident_report_id", NEW."clinical_task_id", NEW."contact_id", NEW."contact_name", NEW."address_used", NEW."channel", NEW."outcome", NEW."occurred_at", NEW."zone_offset_minutes", NEW."made_by", NEW."note", NEW."supersedes_id", NEW."revision", NEW."entry_kind", NEW."correction_reason")) EXECUTE FUNCTION clinicdesk_refuse('append_only')
-- end
ALTER TABLE contact_attempts ENABLE ROW LEVEL SECURITY
-- end
ALTER TABLE contact_attempts FORCE ROW LEVEL SECURITY
-- end
CREATE POLICY read_in_scope ON contact_attempts FOR SELECT TO clinic_read_{schema} USING (current_setting('clinicdesk.scopes', true) = 'ALL' OR scope_id IN (SELECT m.anchor_id FROM scope_members m WHERE m.scope_id = ANY (string_to_array(nullif(current_setting('clinicdesk.scopes', true), 'ALL'), ',')::uuid[])))
-- end
CREATE POLICY merge_for_a_device ON contact_attempts FOR ALL TO clinic_merge_{schema} USING (coalesce(current_setting('clinicdesk.device', true), '') <> '') WITH CHECK (coalesce(current_setting('clinicdesk.device', true), '') <> '' AND scope_id IS NOT NULL)
-- end
CREATE TRIGGER audit_update_audit_logs BEFORE UPDATE ON audit_logs FOR EACH ROW EXECUTE FUNCTION clinicdesk_refuse('audit_immutable')
-- end
CREATE TRIGGER audit_delete_audit_logs BEFORE DELETE ON audit_logs FOR EACH ROW WHEN (NOT (coalesce(current_setting('clinicdesk.mode', true), '') = 'RETENTION')) EXECUTE FUNCTION clinicdesk_refuse('audit_immutable')
-- end
CREATE TRIGGER audit_truncate_audit_logs BEFORE TRUNCATE ON audit_logs FOR EACH STATEMENT EXECUTE FUNCTION clinicdesk_refuse('audit_immutable')
-- end
CREATE FUNCTION clinicdesk_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  controlled boolean := NEW.is_controlled
    OR coalesce((SELECT i.is_controlled FROM inventory_items i WHERE i.id = NEW.inventory_item_id), false);
BEGIN
  IF NEW.lot_id IS NULL THEN
    INSERT INTO stock_balances AS b (id, inventory_item_id, location, school_id, quantity, unit, is_controlled,
        shortfall_accepted, updated_at)
      VALUES (gen_random_uuid(), NEW.inventory_item_id, NEW.location, NEW.school_id, NEW.quantity, NEW.unit,
        controlled, controlled AND NEW.quantity < 0, now())
      ON CONFLICT (inventory_item_id, location) WHERE lot_id IS NULL DO UPDATE
      SET quantity = b.quantity + EXCLUDED.quantity, updated_at = EXCLUDED.updated_at,
        shortfall_accepted = b.shortfall_accepted OR (b.is_controlled AND b.quantity + EXCLUDED.quantity < 0);
  ELSE
    INSERT INTO stock_balances AS b (id, inventory_item_id, lot_id, location, school_id, quantity, unit, is_controlled,
        shortfall_accepted, updated_at)
      VALUES (gen_random_uuid(), NEW.inventory_item_id, NEW.lot_id, NEW.location, NEW.school_id, NEW.quantity, NEW.unit,
        controlled, controlled AND NEW.quantity < 0, now())
      ON CONFLICT (inventory_item_id, lot_id, location) WHERE lot_id IS NOT NULL DO UPDATE
      SET quantity = b.quantity + EXCLUDED.quantity, updated_at = EXCLUDED.updated_at,
        shortfall_accepted = b.shortfall_accepted OR (b.is_controlled AND b.quantity + EXCLUDED.quantity < 0);
  END IF;
  RETURN NULL;
END
$$
-- end
CREATE TRIGGER stock_balance_insert AFTER INSERT ON inventory_transactions FOR EACH ROW EXECUTE FUNCTION clinicdesk_balance()
-- end
GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO clinic_read_{schema}
-- end
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO clinic_merge_{schema}
-- end
REVOKE DELETE ON districts FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON schools FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON users FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON role_grants FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON user_keys FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON backup_logs FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON licenses FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON performance_metrics FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON training_modules FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON alert_rules FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON analytics_reports FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON health_metric_snapshots FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON budget_categories FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON clinical_protocols FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON emergency_broadcasts FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON message_templates FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON device_tokens FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON push_notifications FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON compliance_reports FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON compliance_violations FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON data_retention_policies FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON policy_documents FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON consent_forms FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON contacts FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON audit_logs FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON students FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON academic_sessions FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON calendar_days FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON integration_configs FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON vendors FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON drug_catalog FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON report_templates FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON roster_imports FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON login_attempts FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON ip_restrictions FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON security_incidents FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON system_configurations FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON webhooks FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON sealed_keys FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON signatures FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON academic_transcripts FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON configuration_history FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON emergency_contacts FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON budget_transactions FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON attachments FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON clinic_visits FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON messages FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON compliance_checklist_items FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON policy_acknowledgments FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON remediation_actions FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON phi_disclosures FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON student_enrollments FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON appointments FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON appointment_waitlist FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON health_records FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON health_screenings FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON lab_results FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON treatment_plans FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON integration_logs FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON purchase_orders FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON medications FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON drug_interactions FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON report_schedules FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON roster_import_rows FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON source_links FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON sis_sync_conflicts FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON sync_conflicts FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON sync_sessions FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON suppliers FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON threat_detections FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON training_completions FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON standing_orders FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON visit_events FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON clinical_notes FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON follow_up_appointments FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON message_deliveries FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON consent_signatures FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON phi_disclosure_audits FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON allergies FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON chronic_conditions FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON incident_reports FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON appointment_reminders FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON immunizations FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON vital_signs FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON inventory_items FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON prescriptions FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON report_executions FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON consent_requests FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON follow_up_actions FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON witness_statements FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON growth_tracking FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON medical_history FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON maintenance_logs FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON purchase_order_items FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON student_medications FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON mental_health_records FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON student_drug_allergies FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON inventory_lots FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON inventory_transactions FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON medication_logs FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON controlled_counts FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON vaccinations FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON clinical_tasks FROM clinic_merge_{schema}
-- end
REVOKE DELETE ON contact_attempts FROM clinic_merge_{schema}
-- end
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO clinic_merge_{schema}
-- end
GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO clinic_owner_{schema}
-- end
GRANT ALL ON ALL SEQUENCES IN SCHEMA {schema} TO clinic_owner_{schema}
-- end
