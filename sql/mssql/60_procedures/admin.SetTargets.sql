SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.SetTargets
Purpose:     Set or replace targets
Called by:   AdminStore.set_targets
Returns:     Changed: how many are new or have another amount
Errors:      51104 an amount is not more than zero; 51244 no such lead: Name
Transaction: its own
*/
CREATE OR ALTER PROCEDURE admin.SetTargets
    @Targets nvarchar(max),                 -- JSON: Place, Kind, StartsOn, EndsOn, PeriodName, LeadName ...
    @By      nvarchar(200)                  -- who does it, and on which computer
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @Now datetime2(0) = core.Now();
    DECLARE @Place int;
    DECLARE @Changed int;
    DECLARE @Detail nvarchar(400);
    CREATE TABLE #Target (
        Place      int NOT NULL PRIMARY KEY,
        Kind       varchar(10) COLLATE DATABASE_DEFAULT NOT NULL,
        StartsOn   date NOT NULL,
        EndsOn     date NOT NULL,
        PeriodName nvarchar(100) COLLATE DATABASE_DEFAULT NOT NULL,
        LeadName   nvarchar(200) COLLATE DATABASE_DEFAULT NULL,
        LeadKey    nvarchar(200) COLLATE Latin1_General_BIN2 NULL,
        Unit       varchar(3) COLLATE DATABASE_DEFAULT NOT NULL,
        Amount     decimal(19, 2) NOT NULL,
        PeriodId   int NULL,
        LeadId     int NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;
        INSERT INTO #Target (Place, Kind, StartsOn, EndsOn, PeriodName, LeadName, LeadKey, Unit, Amount, LeadId)
        SELECT
            j.Place, j.Kind, j.StartsOn, j.EndsOn, core.PlainText(j.PeriodName), core.PlainText(j.LeadName),
            core.PlainText(j.LeadKey), j.Unit, j.Amount, CASE WHEN j.LeadKey IS NULL THEN 0 END
        FROM OPENJSON(@Targets) WITH (
            Place      int '$.Place',
            Kind       varchar(10) '$.Kind',
            StartsOn   date '$.StartsOn',
            EndsOn     date '$.EndsOn',
            PeriodName nvarchar(200) '$.PeriodName',
            LeadName   nvarchar(400) '$.LeadName',
            LeadKey    nvarchar(400) '$.LeadKey',
            Unit       varchar(3) '$.Unit',
            Amount     decimal(19, 2) '$.Amount'
        ) AS j;

        IF EXISTS (SELECT 1 FROM #Target AS t WHERE t.Amount <= 0)
            THROW 51104, N'The amount is not more than zero.', 1;

        UPDATE t
        SET LeadId = l.LeadId
        FROM #Target AS t
        JOIN core.Lead AS l ON l.NameKey = t.LeadKey;
        SELECT @Place = MIN(t.Place) FROM #Target AS t WHERE t.LeadId IS NULL;
        IF @Place IS NOT NULL
        BEGIN
            SELECT t.LeadName AS Name FROM #Target AS t WHERE t.Place = @Place;
            THROW 51244, N'There is no such lead.', 1;
        END;

        INSERT INTO core.Period (Kind, StartsOn, EndsOn, Name)
        SELECT t.Kind, t.StartsOn, t.EndsOn, MIN(t.PeriodName)
        FROM #Target AS t
        WHERE NOT EXISTS (
            SELECT 1 FROM core.Period AS p
            WHERE p.Kind = t.Kind AND p.StartsOn = t.StartsOn AND p.EndsOn = t.EndsOn
        )
        GROUP BY t.Kind, t.StartsOn, t.EndsOn;

        UPDATE t
        SET PeriodId = p.PeriodId
        FROM #Target AS t
        JOIN core.Period AS p ON p.Kind = t.Kind AND p.StartsOn = t.StartsOn AND p.EndsOn = t.EndsOn;

        -- Of two for the same the later one counts.
        DELETE FROM #Target
        WHERE Place NOT IN (SELECT MAX(n.Place) FROM #Target AS n GROUP BY n.PeriodId, n.LeadId, n.Unit);

        UPDATE o
        SET Amount = t.Amount, ChangedAt = @Now, ChangedBy = @By
        FROM core.Target AS o
        JOIN #Target AS t ON t.PeriodId = o.PeriodId AND t.LeadId = o.LeadId AND t.Unit = o.Unit
        WHERE o.Amount <> t.Amount;
        SELECT @Changed = @@ROWCOUNT;

        INSERT INTO core.Target (PeriodId, LeadId, Unit, Amount, ChangedAt, ChangedBy)
        SELECT t.PeriodId, t.LeadId, t.Unit, t.Amount, @Now, @By
        FROM #Target AS t
        WHERE NOT EXISTS (
            SELECT 1 FROM core.Target AS o
            WHERE o.PeriodId = t.PeriodId AND o.LeadId = t.LeadId AND o.Unit = t.Unit
        );
        SELECT @Changed = @Changed + @@ROWCOUNT;

        SELECT @Detail = CAST(@Changed AS nvarchar(20)) + N' changed';
        EXEC core.LogAdmin @By = @By, @Action = 'set_targets', @Detail = @Detail;
        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;

    SELECT @Changed AS Changed;
END;
GO
