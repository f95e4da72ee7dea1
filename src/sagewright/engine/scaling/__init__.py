"""Auto scaling, decided: alarms, how many instances a policy asks for, when a schedule is due. Pure."""
