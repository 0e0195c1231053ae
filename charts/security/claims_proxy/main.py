"""User info of Mastodon's accounts for Dex, with their roles as groups."""

import os
from typing import Annotated, Any

import httpx
from fastapi import FastAPI, Header, HTTPException

MASTODON = os.environ["MASTODON_BASE"]
VERIFY = f"{MASTODON}/api/v1/accounts/verify_credentials"
TIMEOUT_SECONDS = 10

app = FastAPI()


@app.get("/healthz")
async def healthz() -> dict[str, str]:
    """Answer probes."""
    return {"status": "ok"}


@app.get("/userinfo")
async def userinfo(authorization: Annotated[str | None, Header()] = None) -> dict[str, Any]:
    """Return the account of a token: its id, its name, and a group for each of its roles."""
    if not authorization:
        raise HTTPException(401, "no Authorization header")
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
        try:
            answer = await client.get(VERIFY, headers={"Authorization": authorization})
        except httpx.HTTPError as error:
            raise HTTPException(502, f"Mastodon does not answer: {error}") from error
    if answer.is_error:
        raise HTTPException(answer.status_code, answer.text)
    account = answer.json()
    return {"id": account["id"], "acct": account["acct"], "groups": groups(account)}


def groups(account: dict[str, Any]) -> list[str]:
    """Return `mastodon:<name>` for the role and the roles of an account, each once."""
    roles = [account.get("role"), *(account.get("roles") or ())]
    names = [role["name"] for role in roles if role and role.get("name")]
    return [f"mastodon:{name}" for name in dict.fromkeys(names)]
