"""From a form to songs: prompts, lyrics, tasks at the music providers, audio, failures and retries."""
