-- Who may come in. Parameters: instants in seconds since 1970.

-- name: list_lead_names
SELECT Name FROM Lead WHERE IsActive = 1 ORDER BY NameKey;

-- name: get_credential
SELECT l.LeadId, l.Name, c.Kind, c.Salt, c.TimeCost, c.MemoryKib, c.Parallelism, c.Verifier,
       c.MustChange, c.Failures, c.NextTryAt, c.LockedAt
FROM Lead AS l
JOIN LeadCredential AS c ON c.LeadId = l.LeadId
WHERE l.NameKey = :name_key AND l.IsActive = 1;

-- name: count_failure
UPDATE LeadCredential
SET Failures = Failures + 1,
    NextTryAt = :now + CASE WHEN Failures + 1 < :first_wait_at THEN 0
                            ELSE min(1 << min(Failures + 1 - :first_wait_at, 20), :max_wait) END,
    LockedAt = CASE WHEN Kind = 'number' AND Failures + 1 >= :number_locks_at THEN :now END
-- A wait longer than the longest one is a clock's mistake, and over.
WHERE LeadId = :lead_id AND NOT NextTryAt BETWEEN :now + 1 AND :now + :max_wait AND LockedAt IS NULL;

-- name: forget_failures
UPDATE LeadCredential SET Failures = 0, NextTryAt = 0, LockedAt = NULL WHERE LeadId = :lead_id;

-- name: add_session
INSERT INTO Session (TokenHash, LeadId, Computer, StartedAt, ActiveAt, ExpiresAt)
VALUES (:token_hash, :lead_id, :computer, :now, :now, :expires_at)
ON CONFLICT (TokenHash) DO NOTHING;

-- name: drop_old_sessions
-- Those that have ended, and those that a wrong clock would let live for years.
DELETE FROM Session
WHERE NOT (ExpiresAt BETWEEN :now + 1 AND :now + :longest AND ActiveAt BETWEEN :now - :idle + 1 AND :now + :slack);

-- name: get_session
SELECT s.LeadId, l.Name, l.IsHead, s.Computer, s.ActiveAt, s.ExpiresAt, c.MustChange,
       EXISTS (SELECT 1 FROM SalesGroup AS g WHERE g.LeadId = s.LeadId) AS HasTeam
FROM Session AS s
JOIN Lead AS l ON l.LeadId = s.LeadId
JOIN LeadCredential AS c ON c.LeadId = s.LeadId
WHERE s.TokenHash = :token_hash AND l.IsActive = 1
  AND s.ExpiresAt BETWEEN :now + 1 AND :now + :longest AND s.ActiveAt BETWEEN :now - :idle + 1 AND :now + :slack;

-- name: touch_session
UPDATE Session SET ActiveAt = :now WHERE TokenHash = :token_hash;

-- name: sign_out
DELETE FROM Session WHERE TokenHash = :token_hash;

-- name: drop_sessions
DELETE FROM Session WHERE LeadId = :lead_id;

-- name: drop_all_sessions
DELETE FROM Session;

-- name: set_credential
INSERT INTO LeadCredential (LeadId, Kind, Salt, TimeCost, MemoryKib, Parallelism, Verifier, MustChange, ChangedAt)
VALUES (:lead_id, :kind, :salt, :time_cost, :memory_kib, :parallelism, :verifier, :must_change, :now)
ON CONFLICT (LeadId) DO UPDATE
SET Kind = excluded.Kind, Salt = excluded.Salt, TimeCost = excluded.TimeCost, MemoryKib = excluded.MemoryKib,
    Parallelism = excluded.Parallelism, Verifier = excluded.Verifier, MustChange = excluded.MustChange,
    ChangedAt = excluded.ChangedAt, Failures = 0, NextTryAt = 0, LockedAt = NULL;
