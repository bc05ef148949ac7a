"""Joining the programme, being shut out of it, and where a partner is written to."""

from enlist.domain import delivery
from enlist.domain.partners import announcing, finding, queries, sessions, tallying
from enlist.domain.partners.cache import CHANGED
from enlist.domain.partners.errors import BadPartner, PartnerNotFound, PartnerTaken, RegistrationClosed
from enlist.domain.partners.events import PartnerApproved, PartnerRegistered
from enlist.domain.partners.model import NewPartner, Partner, Programme, State, check_email, check_partner
from enlist.domain.partners.tallying import Count
from enlist.runtime import events, signals
from enlist.runtime.db import Tx


async def create(tx: Tx, account_id: int, new: NewPartner) -> Partner:
    """Take somebody into the programme at once.

    Refuses with PartnerTaken, BadPartner, or PartnerNotFound (there is no such recruiter).
    """
    return await _add(tx, account_id, new, "active")


async def invitation(tx: Tx, account_id: int, recruiter: str = "") -> Programme:
    """Return the programme that somebody may register for, invited by the partner ``recruiter`` or by nobody.

    Refuses with PartnerNotFound (the recruiter is no active partner), RegistrationClosed.
    """
    if recruiter and not (await finding.get(tx, account_id, recruiter)).active:
        raise PartnerNotFound(partner=recruiter[:100])
    programme = (await queries.programmes(tx, [account_id]))[account_id]
    if not programme.open_registration:
        raise RegistrationClosed
    return programme


async def register(tx: Tx, account_id: int, new: NewPartner, *, ip: str = "") -> Partner:
    """Take somebody in who registers from the network address ``ip``.

    They wait for approval unless the programme approves everybody; whoever is in at once gets a link to sign in. They
    need an e-mail address, and a login that is more than a number: it would take the links away that name another
    partner by number. Refuses with what ``invitation`` refuses, PartnerTaken, BadPartner. Announced by
    PartnerRegistered.
    """
    programme = await invitation(tx, account_id, new.recruited_by)
    if not new.email.strip():
        raise BadPartner(field="email", reason="is missing")
    if new.login.isdecimal():
        raise BadPartner(field="login", reason="must be more than a number")
    causes = [delivery.Cause(new.email, ip)] if programme.auto_approval else []
    allowed = await delivery.allow_letters(tx, causes)  # before anything else is locked
    partner = await _add(tx, account_id, new, "active" if programme.auto_approval else "waiting")
    registered = PartnerRegistered(owner_id=account_id, partner_id=partner.id, waiting=not partner.active)
    await events.publish(tx, [registered])
    if any(allowed):
        await announcing.send_sign_in(tx, [partner])
    return partner


async def approve(tx: Tx, account_id: int, login: str) -> Partner:
    """Let a partner in who waits, or is suspended; one who is in stays so. Refuses with PartnerNotFound."""
    partner = await finding.lock(tx, account_id, login)
    if partner.active:
        return partner
    approved = await queries.set_state(tx, partner, "active")
    await signals.send(tx, CHANGED, str(account_id))
    await events.publish(tx, [PartnerApproved(owner_id=account_id, partner_id=partner.id)])
    if partner.joined_at is None:
        await _count_recruit(tx, approved)
    return approved


async def suspend(tx: Tx, account_id: int, login: str) -> Partner:
    """Let a partner earn nothing more by new clicks, contacts and orders; what was earned stays theirs.

    All their sessions end; they may sign in again to look.

    Refuses with PartnerNotFound.
    """
    partner = await finding.lock(tx, account_id, login)
    suspended = await queries.set_state(tx, partner, "suspended")
    await sessions.sign_out_everywhere(tx, suspended)
    await signals.send(tx, CHANGED, str(account_id))
    return suspended


async def change_email(tx: Tx, account_id: int, login: str, email: str) -> Partner:
    """Write to a partner at another address from now on, or (empty) not at all; all their sessions end.

    Refuses with PartnerNotFound, BadPartner.
    """
    partner = await finding.lock(tx, account_id, login)
    check_email(email)
    changed = await queries.set_email(tx, partner, email.strip())
    await sessions.sign_out_everywhere(tx, changed)
    return changed


async def _add(tx: Tx, account_id: int, new: NewPartner, state: State) -> Partner:
    check_partner(new)
    recruiter = await finding.get(tx, account_id, new.recruited_by) if new.recruited_by else None
    partner = await queries.insert_partner(tx, account_id, new, recruiter.id if recruiter else None, state)
    if partner is None:
        raise PartnerTaken(partner=new.login)
    await signals.send(tx, CHANGED, str(account_id))
    if partner.joined_at is not None:
        await _count_recruit(tx, partner)
    return partner


async def _count_recruit(tx: Tx, partner: Partner) -> None:
    """Count a partner who has joined for the partner who brought them, on that day."""
    if partner.recruited_by is not None:
        await tallying.tally(tx, [Count(partner.account_id, partner.recruited_by, tx.now, recruits=1)])
