"""What is measured and when somebody is called: metrics and alarms as data, alarms evaluated."""
