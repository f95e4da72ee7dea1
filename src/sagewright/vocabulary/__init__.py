"""Words that the SDK, the engine and the algorithms share. Pure; imports nothing of ours."""
