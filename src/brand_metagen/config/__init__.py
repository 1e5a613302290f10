"""Every setting and threshold.

Parsed once: defaults ← `config.toml` of the workspace ← environment `BRAND_METAGEN_SECTION_NAME`
← flags. Nothing else in the project reads the environment.
"""

from brand_metagen.config.agents import AgentSettings
from brand_metagen.config.load import (
    ENV_PREFIX,
    LIMITS,
    SHARES,
    TRACE,
    environment,
    load_settings,
)
from brand_metagen.config.mcp import McpSettings
from brand_metagen.config.monitoring import LOG_FOLDER, AlarmSettings, LogSettings
from brand_metagen.config.schedule import ScheduleSettings
from brand_metagen.config.sections import (
    ConfirmSettings,
    EscalateSettings,
    EvaluateSettings,
    HealthSettings,
    LearnSettings,
    NotifySettings,
    ReportSettings,
    ReviewSettings,
    SampleSettings,
    ServeSettings,
    Settings,
    StoreSettings,
    TableSettings,
    WorkflowSettings,
)

__all__ = [
    "ENV_PREFIX",
    "LIMITS",
    "LOG_FOLDER",
    "SHARES",
    "TRACE",
    "AgentSettings",
    "AlarmSettings",
    "ConfirmSettings",
    "EscalateSettings",
    "EvaluateSettings",
    "HealthSettings",
    "LearnSettings",
    "LogSettings",
    "McpSettings",
    "NotifySettings",
    "ReportSettings",
    "ReviewSettings",
    "SampleSettings",
    "ScheduleSettings",
    "ServeSettings",
    "Settings",
    "StoreSettings",
    "TableSettings",
    "WorkflowSettings",
    "environment",
    "load_settings",
]
