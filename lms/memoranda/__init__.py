"""覚書 and 謝金受取口座届出書: from due to complete, and the papers themselves."""
