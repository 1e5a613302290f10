WITH `asked` AS (
  SELECT DISTINCT
    `narrative`,
    `mccid`,
    COALESCE(`mid`, '') AS `mid`
  FROM `transactions`
), `runs` AS (
  SELECT DISTINCT
    `n`.`narrative`,
    `u`.`run`
  FROM (
    SELECT DISTINCT
      `narrative`
    FROM `asked`
  ) AS `n`
  LATERAL VIEW
  EXPLODE(REGEXP_EXTRACT_ALL(`n`.`narrative`, '[A-Z0-9_]+', 0)) u AS `run`
), `narrative_keys` AS (
  SELECT
    `narrative`,
    SUBSTRING(`run`, 1, 1) AS `k`
  FROM `runs`
  UNION
  SELECT
    `narrative`,
    SUBSTRING(`run`, 1, 2)
  FROM `runs`
  UNION
  SELECT
    `narrative`,
    SUBSTRING(`run`, 1, 3)
  FROM `runs`
  UNION
  SELECT
    `narrative`,
    SUBSTRING(`run`, 1, 4)
  FROM `runs`
  UNION
  SELECT
    `narrative`,
    CONCAT(`run`, '$')
  FROM `runs`
  WHERE
    LENGTH(`run`) < 4
  UNION
  SELECT
    `narrative`,
    ''
  FROM `asked`
), `candidates` AS (
  SELECT DISTINCT
    `n`.`narrative`,
    `r`.`rule`
  FROM `narrative_keys` AS `n`
  JOIN `rule_keys` AS `r`
    ON `r`.`k` = `n`.`k`
), `listed` AS (
  SELECT
    `a`.`narrative`,
    `a`.`mccid`,
    `a`.`mid`,
    `c`.`rule`,
    `l`.`code_part`,
    `l`.`usual_part`
  FROM `asked` AS `a`
  JOIN `candidates` AS `c`
    ON `c`.`narrative` = `a`.`narrative`
  JOIN `rule_codes` AS `l`
    ON `l`.`rule` = `c`.`rule` AND `l`.`mccid` = `a`.`mccid`
), `matched` AS (
  SELECT
    `p`.`narrative`,
    `p`.`rule`,
    REGEXP_EXTRACT(`p`.`narrative`, `r`.`probe`, 0) AS `reached`,
    REGEXP_EXTRACT(`p`.`narrative`, `r`.`probe`) AS `before`
  FROM (
    SELECT DISTINCT
      `narrative`,
      `rule`
    FROM `listed`
  ) AS `p`
  JOIN `rules` AS `r`
    ON `r`.`rule` = `p`.`rule`
  WHERE
    `p`.`narrative` RLIKE `r`.`include`
    AND (
      `r`.`exclude` IS NULL OR NOT `p`.`narrative` RLIKE `r`.`exclude`
    )
), `parts` AS (
  SELECT
    `narrative`,
    `rule`,
    `before`,
    SUBSTRING(`reached`, LENGTH(`before`) + 1) AS `phrase`,
    SUBSTRING(`narrative`, LENGTH(`reached`) + 1) AS `after`
  FROM `matched`
), `pieces` AS (
  SELECT
    `p`.`narrative`,
    `p`.`rule`,
    0 AS `side`,
    `u`.`piece`
  FROM `parts` AS `p`
  LATERAL VIEW
  EXPLODE(REGEXP_EXTRACT_ALL(`p`.`before`, '[A-Z0-9_\']+|&', 0)) u AS `piece`
  UNION ALL
  SELECT
    `p`.`narrative`,
    `p`.`rule`,
    1 AS `side`,
    `u`.`piece`
  FROM `parts` AS `p`
  LATERAL VIEW
  EXPLODE(REGEXP_EXTRACT_ALL(`p`.`after`, '[A-Z0-9_\']+|&', 0)) u AS `piece`
), `around` AS (
  SELECT
    `p`.`narrative`,
    `p`.`rule`,
    SUM(COALESCE(`w`.`worth`, 0e0)) AS `known`,
    SUM(LEAST(COALESCE(`w`.`worth`, 0e0), 0e0)) AS `against`,
    SUM(COALESCE(`w`.`strange`, 0e0)) AS `strange`,
    SUM(CASE WHEN `w`.`worth` IS NULL AND `p`.`side` = 0 THEN 1 ELSE 0 END) AS `unknown_before`,
    SUM(CASE WHEN `w`.`worth` IS NULL AND `p`.`side` = 1 THEN 1 ELSE 0 END) AS `unknown_after`
  FROM `pieces` AS `p`
  LEFT JOIN `words` AS `w`
    ON `w`.`word` = `p`.`piece`
  WHERE
    `p`.`piece` RLIKE '^([A-Z][A-Z\']+|&)$'
  GROUP BY
    `p`.`narrative`,
    `p`.`rule`
), `phrases` AS (
  SELECT
    `p`.`narrative`,
    `p`.`rule`,
    REGEXP_REPLACE(`p`.`phrase`, '[^A-Z0-9]', '') AS `letters`,
    LENGTH(REGEXP_REPLACE(`p`.`phrase`, '[^A-Z0-9]', '')) AS `size`,
    COALESCE(`a`.`known`, 0e0) AS `known`,
    COALESCE(`a`.`against`, 0e0) AS `against`,
    COALESCE(`a`.`strange`, 0e0) AS `strange`,
    LEAST(COALESCE(`a`.`unknown_before`, 0), 3) AS `unknown_before`,
    LEAST(COALESCE(`a`.`unknown_after`, 0), 3) AS `unknown_after`,
    CASE WHEN `p`.`after` RLIKE '^-[A-Z]' THEN 1e0 ELSE 0e0 END AS `glued`,
    CASE WHEN `p`.`before` RLIKE '(^|[ *])[A-Z] $' THEN 1e0 ELSE 0e0 END AS `initial`
  FROM `parts` AS `p`
  LEFT JOIN `around` AS `a`
    ON `a`.`narrative` = `p`.`narrative` AND `a`.`rule` = `p`.`rule`
), `claims` AS (
  SELECT
    `l`.`narrative`,
    `l`.`mccid`,
    `l`.`mid`,
    `r`.`brandid`,
    `r`.`lift`,
    `r`.`record_part` AS `p0`,
    `r`.`rows_part` AS `p1`,
    (
      LEAST(`p`.`size`, 15) / 1e1
    ) * `w`.`w2` AS `p2`,
    CASE
      WHEN `r`.`size` > 0
      THEN (
        LEAST(`p`.`size`, `r`.`size`) * 1e0 / `r`.`size`
      ) * `w`.`w3`
      ELSE 0e0
    END AS `p3`,
    CASE
      WHEN `r`.`size` = 0 OR LOCATE(`r`.`name`, `p`.`letters`) > 0
      THEN `w`.`w4`
      ELSE 0e0
    END AS `p4`,
    CASE
      WHEN SUBSTRING(`p`.`letters`, 1, 3) <> SUBSTRING(`r`.`name`, 1, 3)
      THEN `w`.`w5`
      ELSE 0e0
    END AS `p5`,
    `l`.`code_part` AS `p6`,
    `l`.`usual_part` AS `p7`,
    LEAST(COUNT(*) OVER (PARTITION BY `l`.`narrative`, `l`.`mccid`, `l`.`mid`) - 1, 2) * `w`.`w8` AS `p8`,
    (
      CASE
        WHEN `m`.`brandid` IS NULL
        THEN 0
        WHEN `m`.`brandid` = `r`.`brandid`
        THEN 1
        ELSE -1
      END
    ) * `w`.`w9` AS `p9`,
    LEAST(GREATEST(`p`.`known`, -6e0), 3e0) * `w`.`w10` AS `p10`,
    `p`.`unknown_after` * `w`.`w11` AS `p11`,
    `p`.`unknown_before` * `w`.`w12` AS `p12`,
    `p`.`glued` * `w`.`w13` AS `p13`,
    CASE
      WHEN `p`.`size` < 7
      THEN LEAST(`p`.`unknown_after` + `p`.`unknown_before`, 2) * `w`.`w14`
      ELSE 0e0
    END AS `p14`,
    GREATEST(`p`.`against`, -6e0) * `w`.`w15` AS `p15`,
    GREATEST(`p`.`strange`, -6e0) * `w`.`w16` AS `p16`,
    `p`.`initial` * `w`.`w17` AS `p17`,
    COUNT(*) OVER (PARTITION BY `l`.`narrative`, `l`.`mccid`, `l`.`mid`) AS `claimants`
  FROM `listed` AS `l`
  JOIN `phrases` AS `p`
    ON `p`.`narrative` = `l`.`narrative` AND `p`.`rule` = `l`.`rule`
  JOIN `rules` AS `r`
    ON `r`.`rule` = `l`.`rule`
  LEFT JOIN `mids` AS `m`
    ON `m`.`mid` = `l`.`mid`
  CROSS JOIN `weights` AS `w`
), `scored` AS (
  SELECT
    `c`.*,
    `w`.`intercept` + `p0` + `p1` + `p2` + `p3` + `p4` + `p5` + `p6` + `p7` + `p8` + `p9` + `p10` + `p11` + `p12` + `p13` + `p14` + `p15` + `p16` + `p17` + `lift` AS `score`,
    LEAST(`p0`, `p1`, `p2`, `p3`, `p4`, `p5`, `p6`, `p7`, `p8`, `p9`, `p10`, `p11`, `p12`, `p13`, `p14`, `p15`, `p16`, `p17`) AS `worst`
  FROM `claims` AS `c`
  CROSS JOIN `weights` AS `w`
), `probable` AS (
  SELECT
    `s`.`narrative`,
    `s`.`mccid`,
    `s`.`mid`,
    `s`.`brandid`,
    `s`.`claimants`,
    CASE
      WHEN NOT `v`.`brandid` IS NULL
      THEN 19
      WHEN `s`.`worst` >= `w`.`felt`
      THEN 18
      WHEN `s`.`worst` = `p0`
      THEN 0
      WHEN `s`.`worst` = `p1`
      THEN 1
      WHEN `s`.`worst` = `p2`
      THEN 2
      WHEN `s`.`worst` = `p3`
      THEN 3
      WHEN `s`.`worst` = `p4`
      THEN 4
      WHEN `s`.`worst` = `p5`
      THEN 5
      WHEN `s`.`worst` = `p6`
      THEN 6
      WHEN `s`.`worst` = `p7`
      THEN 7
      WHEN `s`.`worst` = `p8`
      THEN 8
      WHEN `s`.`worst` = `p9`
      THEN 9
      WHEN `s`.`worst` = `p10`
      THEN 10
      WHEN `s`.`worst` = `p11`
      THEN 11
      WHEN `s`.`worst` = `p12`
      THEN 12
      WHEN `s`.`worst` = `p13`
      THEN 13
      WHEN `s`.`worst` = `p14`
      THEN 14
      WHEN `s`.`worst` = `p15`
      THEN 15
      WHEN `s`.`worst` = `p16`
      THEN 16
      ELSE 17
    END AS `doubt`,
    CASE
      WHEN NOT `v`.`brandid` IS NULL
      THEN `w`.`most`
      ELSE ROUND(
        LEAST(
          GREATEST(
            (
              `c`.`value` + (
                (
                  `s`.`score` - `c`.`at_score`
                ) / `c`.`width`
              ) * `c`.`rise`
            ) / `w`.`label_rate`,
            `w`.`least`
          ),
          `w`.`most`
        ) * 1e6
      ) / 1e6
    END AS `confidence`
  FROM `scored` AS `s`
  JOIN `curve` AS `c`
    ON `s`.`score` >= `c`.`low` AND `s`.`score` < `c`.`high`
  LEFT JOIN `vouched` AS `v`
    ON `v`.`narrative` = `s`.`narrative`
    AND `v`.`mccid` = `s`.`mccid`
    AND `v`.`brandid` = `s`.`brandid`
  CROSS JOIN `weights` AS `w`
), `advised` AS (
  SELECT
    `p`.`narrative`,
    `p`.`mccid`,
    `p`.`mid`,
    `p`.`brandid`,
    `p`.`claimants`,
    `p`.`doubt`,
    CASE
      WHEN `o`.`shift` IS NULL
      OR `p`.`doubt` = 19
      OR `p`.`confidence` <= `w`.`exclude`
      OR `p`.`confidence` >= `w`.`confirm`
      THEN `p`.`confidence`
      ELSE ROUND(
        1e6 / (
          1e0 + EXP(0e0 - LN(`p`.`confidence` / (
            1e0 - `p`.`confidence`
          )) - `o`.`shift`)
        )
      ) / 1e6
    END AS `confidence`
  FROM `probable` AS `p`
  LEFT JOIN `opinions` AS `o`
    ON `o`.`narrative` = `p`.`narrative`
    AND `o`.`mccid` = `p`.`mccid`
    AND `o`.`brandid` = `p`.`brandid`
  CROSS JOIN `weights` AS `w`
), `ranked` AS (
  SELECT
    `p`.*,
    ROW_NUMBER() OVER (
      PARTITION BY `narrative`, `mccid`, `mid`
      ORDER BY CASE WHEN `doubt` = 19 THEN 0 ELSE 1 END NULLS LAST, `confidence` DESC, `brandid` NULLS LAST
    ) AS `place`,
    LEAD(`confidence`) OVER (
      PARTITION BY `narrative`, `mccid`, `mid`
      ORDER BY CASE WHEN `doubt` = 19 THEN 0 ELSE 1 END NULLS LAST, `confidence` DESC, `brandid` NULLS LAST
    ) AS `next_confidence`
  FROM `advised` AS `p`
), `decided` AS (
  SELECT
    `r`.*,
    CASE
      WHEN `r`.`doubt` = 19
      THEN 'confirmed'
      WHEN `r`.`claimants` > 1
      AND `r`.`confidence` > `w`.`exclude`
      AND NOT (
        `r`.`confidence` >= `w`.`win`
        AND ROUND(`r`.`confidence` - `r`.`next_confidence`, 9) >= `w`.`lead`
      )
      THEN 'tie'
      WHEN `r`.`confidence` <= `w`.`exclude`
      THEN 'excluded'
      WHEN `r`.`confidence` >= `w`.`confirm`
      THEN 'confirmed'
      ELSE 'review'
    END AS `decision`
  FROM `ranked` AS `r`
  CROSS JOIN `weights` AS `w`
  WHERE
    `r`.`place` = 1
)
SELECT
  `a`.`narrative`,
  `a`.`mccid`,
  `a`.`mid`,
  COALESCE(`d`.`brandid`, '') AS `brandid`,
  COALESCE(`d`.`decision`, 'unmatched') AS `decision`,
  COALESCE(`d`.`confidence`, 0e0) AS `confidence`,
  COALESCE(`o`.`reason`, 'several brands claim it') AS `reason`
FROM `asked` AS `a`
LEFT JOIN `decided` AS `d`
  ON `d`.`narrative` = `a`.`narrative`
  AND `d`.`mccid` = `a`.`mccid`
  AND `d`.`mid` = `a`.`mid`
LEFT JOIN `reasons` AS `o`
  ON `o`.`decision` = COALESCE(`d`.`decision`, 'unmatched')
  AND `o`.`doubt` = COALESCE(`d`.`doubt`, 18)
